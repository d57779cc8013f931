import type { Layer } from '@mipnet/network';

/** A new input: 1 if an input of the layer reaches a value, otherwise 0. */
export interface Cut {
  readonly input: number;
  readonly at: number;
}

/**
 * At most `most` cuts per input, between values that training rows have, so that about equally many rows lie between
 * two of them. A value that many rows have gets a cut on both sides and does not count further: quantiles of a column
 * that is nearly always 0 would see nothing else. An input with one value gets none.
 * @param values rows x inputs, row-major
 */
export function thermometerCuts(values: Float64Array, inputs: number, most: number): readonly Cut[] {
  const rows = values.length / inputs;
  const column = new Float64Array(rows);
  const cuts: Cut[] = [];
  for (let input = 0; input < inputs; input++) {
    for (let row = 0; row < rows; row++) column[row] = values[row * inputs + input];
    for (const at of cutsOf(column.sort(), most)) cuts.push({ input, at });
  }
  // A layer needs an output: one that is the same for all rows.
  return cuts.length > 0 ? cuts : [{ input: 0, at: rows > 0 ? Math.fround(values[0]) : 0 }];
}

/** @param sorted ascending */
function cutsOf(sorted: Float64Array, most: number): number[] {
  const distinct: { readonly value: number; count: number }[] = [];
  for (const value of sorted) {
    const last = distinct.at(-1);
    if (last?.value === value) last.count++;
    else distinct.push({ value, count: 1 });
  }
  if (distinct.length - 1 <= most) return distinct.slice(1).map(({ value }, at) => between(distinct[at].value, value));
  const isHeavy = ({ count }: { readonly count: number }): boolean => count > sorted.length / (most + 1);
  const heavy = distinct.filter(isHeavy);
  const others = sorted.length - heavy.reduce((sum, { count }) => sum + count, 0);
  // A value that many rows have stands alone between two cuts; the other rows share what is left.
  const share = others / Math.max(1, most + 1 - 2 * heavy.length);
  const cuts: number[] = [];
  let since = 0;
  for (let at = 0; at + 1 < distinct.length && cuts.length < most; at++) {
    since += distinct[at].count;
    if (since < share && !isHeavy(distinct[at]) && !isHeavy(distinct[at + 1])) continue;
    cuts.push(between(distinct[at].value, distinct[at + 1].value));
    since = 0;
  }
  return cuts;
}

/** A float32 number above one value and not above the next, so that float32 and float64 agree on both. */
function between(low: number, high: number): number {
  const middle = Math.fround((low + high) / 2);
  return middle > low && middle <= high ? middle : Math.fround(high);
}

/** The layers that compute the cuts. x - cut is exact near 0, so that its sign is right in float32, too. */
export function thermometerLayers(cuts: readonly Cut[], inputs: number): readonly Layer[] {
  const weights = new Float64Array(cuts.length * inputs);
  cuts.forEach(({ input }, output) => (weights[output * inputs + input] = 1));
  const bias = Float64Array.from(cuts, ({ at }) => -at);
  return [
    { kind: 'dense', inputs, outputs: cuts.length, weights, bias },
    { kind: 'activation', activation: 'step' },
  ];
}
