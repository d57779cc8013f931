// Tested by train-page.unit.test.ts.
import { html, type Html } from '../page/html.js';
import { number } from '../page/numbers.js';
import type { ColumnWeights } from './column-weights.js';

/** Most rules per deciding neuron, and most terms of one. */
const [mostRules, mostTerms] = [60, 8];

/**
 * Hidden neurons as rules, in order of their weight in the neurons that decide: `+2.5 if age >= 45 - married > 0`. Null
 * if no named neuron reads another one.
 */
export function ruleList(neurons: readonly ColumnWeights[]): Html | null {
  const byName = new Map(neurons.map((neuron) => [neuron.name, neuron]));
  const deciding = neurons.filter(({ terms }) => terms.some(({ of }) => byName.has(of)));
  if (deciding.length === 0) return null;
  return html`${deciding.map(
    ({ name, bias, terms }) =>
      html`<h3>${name}, bias ${number(bias)}</h3>
        <ul class="rules">
          ${terms.slice(0, mostRules).map(({ of, weight }) => {
            const read = byName.get(of);
            return html`<li><b>${signed(weight)}</b> if ${read ? conditionOf(read) : of}</li>`;
          })}
        </ul>
        ${terms.length > mostRules ? html`<p class="soft">and ${terms.length - mostRules} more</p>` : ''}`,
  )}`;
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${number(Math.abs(value))}`;

function conditionOf({ terms, bias }: ColumnWeights): string {
  const isPlain = terms.every(({ weight }) => Math.abs(weight) === 1);
  const shown = terms.slice(0, mostTerms).map(({ of, weight }, at) => {
    const sign = weight < 0 ? '− ' : at === 0 ? '' : '+ ';
    return isPlain ? `${sign}${of}` : `${sign}${number(Math.abs(weight))} ${of}`;
  });
  const left = terms.length - shown.length;
  return `${shown.join(' ')}${left > 0 ? ` and ${left} more` : ''} ≥ ${number(-bias)}`;
}
