/** Makes a button of every column heading: the first press sorts upwards, the next downwards. */
export function makeTablesSortable(): void {
  for (const table of document.querySelectorAll<HTMLTableElement>('table.sortable')) {
    const headings = [...table.querySelectorAll<HTMLTableCellElement>('thead th')];
    for (const [column, heading] of headings.entries()) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = heading.textContent;
      heading.replaceChildren(button);
      button.addEventListener('click', () => {
        const isUpwards = heading.getAttribute('aria-sort') !== 'ascending';
        for (const other of headings) other.removeAttribute('aria-sort');
        heading.setAttribute('aria-sort', isUpwards ? 'ascending' : 'descending');
        sortRows(table, column, isUpwards);
      });
    }
  }
}

function sortRows(table: HTMLTableElement, column: number, isUpwards: boolean): void {
  const body = table.tBodies[0];
  if (!body) return;
  const rows = [...body.rows].map((row) => ({ row, key: keyOf(row.cells[column]) }));
  const unknownLast = (key: number | string) => (key === '' ? 1 : 0);
  rows.sort(({ key: a }, { key: b }) => {
    if (a === '' || b === '') return unknownLast(a) - unknownLast(b);
    const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
    return isUpwards ? order : -order;
  });
  body.append(...rows.map(({ row }) => row));
}

/** A number where the cell carries one; an empty text, which sorts last, where a number is not known. */
function keyOf(cell: HTMLTableCellElement | undefined): number | string {
  const value = cell?.dataset.value;
  if (value === undefined) return cell?.textContent?.trim() ?? '';
  return value === '' ? '' : Number(value);
}
