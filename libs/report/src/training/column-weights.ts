// Tested by train-page.unit.test.ts.
import { html, type Html } from '../page/html.js';
import { number } from '../page/numbers.js';

/** A neuron on the columns of a table. */
export interface ColumnWeights {
  readonly name: string;
  readonly bias: number;
  /** The largest weights first. */
  readonly terms: readonly { readonly of: string; readonly weight: number }[];
}

/** Most neurons on a page, and most weights of one. */
const [mostNeurons, mostTerms] = [45, 30];

/** One table per neuron: the columns that it reads, with their weights as bars. Blue is positive, orange negative. */
export function columnWeights(neurons: readonly ColumnWeights[]): Html | null {
  if (neurons.length === 0) return null;
  const largest = Math.max(...neurons.flatMap(({ terms }) => terms.map(({ weight }) => Math.abs(weight))), 1e-12);
  return html`<p class="soft">
      A neuron adds up its weights times the columns, scaled to 0..1, and its bias. A positive sum speaks for the class
      that its name begins with.
    </p>
    <div class="columns">${neurons.slice(0, mostNeurons).map((neuron) => oneNeuron(neuron, largest))}</div>
    ${left(neurons.length - mostNeurons, 'neurons')}`;
}

const oneNeuron = ({ name, bias, terms }: ColumnWeights, largest: number): Html =>
  html`<div>
    <table>
      <caption>
        ${name}, bias ${number(Number(bias.toPrecision(3)))}
      </caption>
      <tbody>
        ${terms.slice(0, mostTerms).map(
          ({ of, weight }) =>
            html`<tr>
              <th scope="row" style="font-weight:400">${of}</th>
              <td class="n">${number(weight)}</td>
              <td>
                <span
                  class="bar"
                  style="width:${((5 * Math.abs(weight)) / largest).toFixed(2)}rem;background:var(--${
                    weight > 0 ? 'plus' : 'minus'
                  })"
                ></span>
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${left(terms.length - mostTerms, 'weights')}
  </div>`;

const left = (count: number, what: string): Html | '' =>
  count > 0 ? html`<p class="soft">and ${count} more ${what}</p>` : '';
