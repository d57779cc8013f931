// Tested by verify-page.unit.test.ts.
import { html, type Html } from '../page/html.js';
import { number } from '../page/numbers.js';
import { imageUrl, signedUrl, type PictureShape } from '../page/pixels.js';

/** An image with the witness that was found near it. */
export interface ShownWitness {
  readonly name: string;
  readonly label: string | null;
  /** The class of the witness. */
  readonly becomes: string | null;
  readonly original: Float64Array;
  readonly witness: Float64Array;
  /** From the original, in the norm of the question. */
  readonly distance: number | null;
}

/** Most witnesses on a page. */
const most = 100;

/** Original, witness and their difference beside each other. In the difference, blue is brighter, orange darker. */
export function witnessPictures(witnesses: readonly ShownWitness[], shape: PictureShape): Html {
  const [channels, rows, columns] = shape;
  return html`<div class="triples">
      ${witnesses.slice(0, most).map(({ name, label, becomes, original, witness, distance }) => {
        const change = witness.map((value, at) => value - original[at]);
        // Of a colour image, what its channels change together.
        const grey = Float64Array.from({ length: rows * columns }, (_, at) => {
          let sum = 0;
          for (let channel = 0; channel < channels; channel++) sum += change[channel * rows * columns + at];
          return sum / channels;
        });
        const largest = grey.reduce((so, value) => Math.max(so, Math.abs(value)), 0);
        const image = (what: string, src: string): Html =>
          html`<div><img alt="${name}, ${what}" src="${src}" />${what}</div>`;
        return html`<figure>
          <div class="three">
            ${image(label === null ? 'original' : `class ${label}`, imageUrl(original, shape))}
            ${image(becomes === null ? 'witness' : `witness: ${becomes}`, imageUrl(witness, shape))}
            ${image('difference', signedUrl(grey, rows, columns, largest))}
          </div>
          <figcaption>
            ${name}, largest change
            ${number(Number(largest.toPrecision(3)))}${distance === null ? '' : `, distance ${number(Number(distance.toPrecision(3)))}`}
          </figcaption>
        </figure>`;
      })}
    </div>
    <p class="soft">
      In the difference, blue pixels became brighter and orange ones darker; full colour is the largest change.
      ${witnesses.length > most ? `The first ${most} of ${witnesses.length} witnesses are shown.` : ''}
    </p>`;
}
