import { asHtml, type Html } from './html.js';

/**
 * Makes the headings of `table.sortable` buttons that sort its rows: by `data-v` of a cell if it has one, otherwise by
 * its text. Empty cells come last. Without scripts the tables keep their order, which is a useful one.
 */
export const sortScript: Html = asHtml(`<script>
for (const table of document.querySelectorAll('table.sortable')) {
  const heads = [...table.tHead.rows[0].cells];
  const valueOf = (row, at) => { const { dataset, textContent } = row.cells[at]; return dataset.v ?? textContent.trim(); };
  heads.forEach((head, at) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') === 'ascending';
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const body = table.tBodies[0];
      const rows = [...body.rows].map((row) => ({ row, value: valueOf(row, at) }));
      const isNumber = rows.every(({ value }) => value === '' || !Number.isNaN(Number(value)));
      const compare = isNumber ? (a, b) => a - b : (a, b) => a.localeCompare(b, undefined, { numeric: true });
      rows.sort((a, b) => (a.value === '') - (b.value === '') || (down ? -1 : 1) * compare(a.value, b.value));
      body.append(...rows.map(({ row }) => row));
    });
  });
}
</script>`);
