// Tested by train-page.unit.test.ts.
import { html, type Html } from '../page/html.js';
import { percent } from '../page/numbers.js';

/** Confusion matrix: how often samples of one class were classified as another. */
export interface Confusion {
  readonly classes: readonly string[];
  /** classes x classes, row-major: the row is the true class, the column the predicted one. */
  readonly counts: readonly number[];
}

/** Most classes that fit on a page. */
const most = 26;

/** The matrix with fractions of each row as shades: blue for right, orange for wrong; with each class's accuracy. */
export function confusionTable({ classes, counts }: Confusion): Html | null {
  const n = classes.length;
  if (n > most) return null;
  const totals = classes.map((_, row) => counts.slice(row * n, (row + 1) * n).reduce((sum, count) => sum + count, 0));
  const wrong = counts.map((count, at) =>
    at % n === Math.floor(at / n) ? 0 : count / Math.max(1, totals[Math.floor(at / n)]),
  );
  // Errors are rare: their shades are as dark as the worst of them.
  const worst = Math.max(...wrong, 1e-9);
  const cell = (row: number, column: number): Html => {
    const count = counts[row * n + column];
    const shade =
      row === column
        ? `rgb(var(--plus-rgb) / ${(0.55 * (count / Math.max(1, totals[row]))).toFixed(2)})`
        : `rgb(var(--minus-rgb) / ${(0.75 * (wrong[row * n + column] / worst)).toFixed(2)})`;
    return html`<td
      style="background:${shade}"
      title="${count} of class ${classes[row]} classified as ${classes[column]}"
    >
      ${count === 0 ? '' : count}
    </td>`;
  };
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Confusion matrix">
    <table class="confusion">
      <caption>
        Rows: the true class. Columns: what the network says.
      </caption>
      <thead>
        <tr>
          <td></td>
          ${classes.map((name) => html`<th scope="col">${name}</th>`)}
          <th scope="col">right</th>
        </tr>
      </thead>
      <tbody>
        ${classes.map(
          (name, row) =>
            html`<tr>
              <th scope="row" class="known">${name}</th>
              ${classes.map((_, column) => cell(row, column))}
              <td>${percent(totals[row] === 0 ? null : counts[row * n + row] / totals[row], 1)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
