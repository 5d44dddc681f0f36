/** Shows a text of several lines beside the pointer, the first of them as a title. Never as HTML. */
export function showTooltip(event: MouseEvent, value: unknown): void {
  const element = document.getElementById('tooltip');
  if (!element) return;
  const lines = typeof value === 'string' ? value.split('\n') : [];
  if (lines.length === 0 || lines[0] === '') {
    element.hidden = true;
    return;
  }
  element.replaceChildren(
    ...lines.map((line, index) => {
      const row = document.createElement(index === 0 ? 'strong' : 'span');
      row.textContent = line;
      return row;
    }),
  );
  element.hidden = false;
  const { clientX, clientY } = event;
  const { offsetWidth, offsetHeight } = element;
  const left = clientX + 14 + offsetWidth > innerWidth ? clientX - offsetWidth - 14 : clientX + 14;
  const top = clientY + 14 + offsetHeight > innerHeight ? clientY - offsetHeight - 14 : clientY + 14;
  element.style.left = `${Math.max(4, left)}px`;
  element.style.top = `${Math.max(4, top)}px`;
}

export function hideTooltip(): void {
  const element = document.getElementById('tooltip');
  if (element) element.hidden = true;
}
