/** Opens folded parts of the page when something in them is linked to, and all of them for the printer. */
export function openWhatIsLinked(): void {
  const open = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let element: Element | null = target; element; element = element.parentElement) {
      if (element instanceof HTMLDetailsElement) element.open = true;
    }
    target?.scrollIntoView();
  };
  addEventListener('hashchange', open);
  if (location.hash !== '') open();
  const folded = new Set<HTMLDetailsElement>();
  addEventListener('beforeprint', () => {
    for (const details of document.querySelectorAll<HTMLDetailsElement>('details.variant:not([open])')) {
      details.open = true;
      folded.add(details);
    }
  });
  addEventListener('afterprint', () => {
    for (const details of folded) details.open = false;
    folded.clear();
  });
}
