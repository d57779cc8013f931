// Tested by train-page.unit.test.ts.
import { html, type Html } from '../page/html.js';
import { number } from '../page/numbers.js';
import { imageUrl, type PictureShape } from '../page/pixels.js';
import { dataTable } from '../page/data-table.js';
import type { Mistake } from './training-run.js';

/** The test samples that are classified wrongly, the worst first. @param count of all of them */
export function mistakeList(mistakes: readonly Mistake[], count: number, shape?: PictureShape): Html | null {
  if (mistakes.length === 0) return null;
  const shown = shape === undefined ? table(mistakes) : pictures(mistakes, shape);
  return html`<p class="soft">
      ${count > mistakes.length ? `The worst ${mistakes.length} of ${count} errors` : `${count} errors`} on the test
      samples. The margin is the score of the true class minus the best other score.
    </p>
    ${shown}`;
}

const pictures = (mistakes: readonly Mistake[], shape: PictureShape): Html =>
  html`<ul class="pictures">
    ${mistakes.map(
      ({ row, known, said, margin, pixels }) =>
        html`<li>
          <figure>
            <img alt="test sample ${row}" src="${imageUrl(pixels ?? [], shape)}" />
            <figcaption>${known}, not ${said}<br />margin ${number(margin)}<br />row ${row}</figcaption>
          </figure>
        </li>`,
    )}
  </ul>`;

const table = (mistakes: readonly Mistake[]): Html =>
  dataTable<Mistake>(
    [
      { title: 'test row', value: ({ row }) => row, isNumber: true },
      { title: 'true class', value: ({ known }) => known },
      { title: 'predicted', value: ({ said }) => said },
      { title: 'margin', value: ({ margin }) => margin, shown: ({ margin }) => number(margin), isNumber: true },
    ],
    mistakes,
    { label: 'Misclassified test samples', isTall: mistakes.length > 12 },
  );
