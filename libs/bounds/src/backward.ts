// Tested by float32-rounding.unit.test.ts and activations.unit.test.ts.
import { networkInput, type AffineMap, type MaximumMap, type PlacedMap } from '@mipnet/network';
import { boundsBefore, magnitudes, type Box, type NetworkBounds } from './box.js';
import { errorsOf } from './float32-rounding.js';
import { linesAround, type LayerLines } from './elementwise-lines.js';
import { leastOnBox, slackOf, throughWeights } from './linear-form.js';
import { addTo, type Remainder } from './remainder.js';
import { roundOff } from './round-off.js';
import { maximumLines, type MaximumLines } from './maximum-lines.js';

/**
 * Linear forms of a layer's output, each bounded below by a linear form of an earlier layer:
 *
 *     rows[r] . y  >=  rows'[r] . x + constant - margin
 *
 * `margin` collects every rounding error: of this arithmetic, of the float64 forward pass, and of the runtime's
 * float32. An error in a unit's sum enters the form only through the unit's coefficient: |coefficient| times the
 * largest error of the sum.
 */
interface Forms {
  readonly count: number;
  width: number;
  /** count x width, row-major. */
  rows: Float64Array;
  readonly remainders: readonly Remainder[];
}

/** Rows per block: so many that a wide layer's coefficients stay within some tens of megabytes, */
const blockNumbers = 1 << 22;
/** and as take about half a second: between two blocks a stop is possible. */
const blockProducts = 1 << 29;

/**
 * Proven lower bounds on linear forms of the output of layer `last`, by substituting backwards to the inputs.
 * @param rows count x outputs of the layer, row-major
 * @param bounds proven bounds on all layers before `last`
 * Source: Zhang et al. 2018, efficient neural network robustness certification with general activation functions.
 */
export function backwardLowerBounds(
  maps: readonly PlacedMap[],
  bounds: NetworkBounds,
  last: number,
  rows: Float64Array,
): Float64Array {
  const width = maps[last].outputs;
  return inBlocks(maps, bounds, last, {
    count: rows.length / width,
    between: (start, end) => rows.slice(start * width, end * width),
  });
}

/**
 * Proven intervals of units of layer `last`, both sides by substituting backwards. Rows are made in blocks: those of
 * all units of a wide layer together would take gigabytes.
 * @param stopped true leaves the sides that are not computed yet infinite
 */
export function backwardUnitBounds(
  maps: readonly PlacedMap[],
  bounds: NetworkBounds,
  last: number,
  units: ArrayLike<number>,
  stopped?: () => boolean,
): Box {
  const width = maps[last].outputs;
  // Rows 2 r and 2 r + 1 are plus and minus unit r.
  const rowsOf = (start: number, end: number): Float64Array => {
    const rows = new Float64Array((end - start) * width);
    for (let row = start; row < end; row++) rows[(row - start) * width + units[row >> 1]] = row % 2 === 0 ? 1 : -1;
    return rows;
  };
  const sides = inBlocks(maps, bounds, last, { count: 2 * units.length, between: rowsOf }, stopped);
  return {
    lower: Float64Array.from(units, (_, r) => sides[2 * r]),
    upper: Float64Array.from(units, (_, r) => -sides[2 * r + 1]),
  };
}

/** Linear functions of a layer's outputs, made when they are needed: row-major, `outputs` numbers each. */
interface Rows {
  readonly count: number;
  readonly between: (start: number, end: number) => Float64Array;
}

function inBlocks(
  maps: readonly PlacedMap[],
  bounds: NetworkBounds,
  last: number,
  { count, between }: Rows,
  stopped: () => boolean = () => false,
): Float64Array {
  const before = maps.slice(0, last + 1);
  const widest = Math.max(maps[0].inputs, ...before.map((map) => map.outputs));
  const products = before.reduce((sum, map) => sum + (map.kind === 'affine' ? map.values.length : map.outputs), 0);
  const block = Math.max(1, Math.floor(Math.min(blockNumbers / widest, blockProducts / products)));
  const steps = stopped() ? [] : before.map((map, k) => stepOf(map, bounds, k));
  const result = new Float64Array(count).fill(-Infinity);
  for (let start = 0; start < count && !stopped(); start += block) {
    const end = Math.min(count, start + block);
    result.set(lowerBounds(steps, bounds, between(start, end)), start);
  }
  return result;
}

/** What every block needs of a layer: how it hands forms on to what it reads. */
interface Step {
  readonly sources: readonly number[];
  readonly outputs: number;
  readonly through: (forms: Forms) => void;
}

function stepOf(map: PlacedMap, bounds: NetworkBounds, k: number): Step {
  const { sources, outputs } = map;
  const box = boundsBefore(bounds, sources);
  const size = magnitudes(box);
  switch (map.kind) {
    case 'affine': {
      const slack = slackOf(map, box, errorsOf(map, bounds, k));
      return { sources, outputs, through: (forms) => throughAffine(map, slack, forms) };
    }
    case 'maximum': {
      const lines = maximumLines(map, box);
      return { sources, outputs, through: (forms) => throughMaximum(map, lines, size, forms) };
    }
    case 'elementwise': {
      const lines = linesAround(map, box, errorsOf(map, bounds, k));
      return { sources, outputs, through: (forms) => throughElementwise(lines, size, forms) };
    }
    case 'identity':
      return { sources, outputs, through: () => undefined };
  }
}

function lowerBounds(steps: readonly Step[], bounds: NetworkBounds, rows: Float64Array): Float64Array {
  const last = steps.length - 1;
  const width = steps[last].outputs;
  const count = rows.length / width;
  const remainders = Array.from({ length: count }, (): Remainder => ({ constant: 0, margin: 0 }));
  const forms: Forms = { count, width, rows, remainders };
  // Coefficients on the outputs of layers that are still to be substituted; [-1] on the network's input.
  const waiting = new Map<number, Float64Array>([[last, rows]]);
  for (let k = last; k >= 0; k--) {
    const own = waiting.get(k);
    if (own === undefined) continue;
    waiting.delete(k);
    forms.rows = own;
    forms.width = steps[k].outputs;
    steps[k].through(forms);
    handOn(steps[k].sources, bounds, forms, waiting);
  }
  const inputs = bounds.input.lower.length;
  const found = waiting.get(networkInput) ?? new Float64Array(count * inputs);
  return Float64Array.from(remainders, (remainder, r) =>
    leastOnBox(found.subarray(r * inputs, (r + 1) * inputs), bounds.input, remainder),
  );
}

/** Gives each source its part of the coefficients. A layer that several layers read gets the sum of their parts. */
function handOn(
  sources: readonly number[],
  bounds: NetworkBounds,
  forms: Forms,
  waiting: Map<number, Float64Array>,
): void {
  const { count, width, rows } = forms;
  let start = 0;
  for (const source of sources) {
    const box = boundsBefore(bounds, [source]);
    const own = box.lower.length;
    const part = sources.length === 1 ? rows : columnsOf(rows, width, start, own);
    start += own;
    const other = waiting.get(source);
    if (other === undefined) {
      waiting.set(source, part);
      continue;
    }
    const size = magnitudes(box);
    const sum = new Float64Array(count * own);
    for (let r = 0; r < count; r++) {
      let sizeOfTerms = 0;
      for (let i = 0, at = r * own; i < own; i++, at++) {
        sum[at] = other[at] + part[at];
        sizeOfTerms += Math.abs(sum[at]) * size[i];
      }
      addTo(forms.remainders[r], 0, roundOff(1, sizeOfTerms));
    }
    waiting.set(source, sum);
  }
}

function columnsOf(rows: Float64Array, width: number, start: number, count: number): Float64Array {
  const part = new Float64Array((rows.length / width) * count);
  for (let from = start, to = 0; to < part.length; from += width, to += count)
    part.set(rows.subarray(from, from + count), to);
  return part;
}

function throughAffine(map: AffineMap, slack: Float64Array, forms: Forms): void {
  const { inputs, outputs } = map;
  const next = new Float64Array(forms.count * inputs);
  for (let r = 0; r < forms.count; r++) {
    const row = forms.rows.subarray(r * outputs, (r + 1) * outputs);
    throughWeights(map, slack, row, next.subarray(r * inputs, (r + 1) * inputs), forms.remainders[r]);
  }
  forms.rows = next;
  forms.width = inputs;
}

function throughElementwise(lines: LayerLines, size: Float64Array, forms: Forms): void {
  // In variables of their own: this loop is much of what bounds of an image network take.
  const { lowerSlope, lowerOffset, upperSlope, upperOffset } = lines;
  const outputs = size.length;
  for (let r = 0; r < forms.count; r++) {
    const row = forms.rows.subarray(r * outputs, (r + 1) * outputs);
    let constant = 0;
    let sizeOfTerms = 0;
    for (let i = 0; i < outputs; i++) {
      const a = row[i];
      if (a === 0) continue;
      const offset = a * (a > 0 ? lowerOffset[i] : upperOffset[i]);
      row[i] = a * (a > 0 ? lowerSlope[i] : upperSlope[i]);
      constant += offset;
      sizeOfTerms += Math.abs(offset) + Math.abs(row[i]) * size[i];
    }
    addTo(forms.remainders[r], constant, roundOff(outputs, sizeOfTerms));
  }
}

/**
 * max_i x_i >= the x_i with the largest lower bound; <= it too where it beats all others, else <= the largest upper
 * bound.
 */
function throughMaximum(map: MaximumMap, { best, ceiling }: MaximumLines, size: Float64Array, forms: Forms): void {
  const { inputs, outputs } = map;
  const next = new Float64Array(forms.count * inputs);
  for (let r = 0; r < forms.count; r++) {
    let constant = 0;
    let sizeOfTerms = 0;
    for (let j = 0; j < outputs; j++) {
      const a = forms.rows[r * outputs + j];
      if (a === 0) continue;
      const isBest = a > 0 || ceiling[j] === Infinity;
      if (isBest) next[r * inputs + best[j]] += a;
      else constant += a * ceiling[j];
      sizeOfTerms += Math.abs(a) * Math.max(size[best[j]], isBest ? 0 : Math.abs(ceiling[j]));
    }
    addTo(forms.remainders[r], constant, roundOff(outputs, sizeOfTerms));
  }
  forms.rows = next;
  forms.width = inputs;
}
