// Tested by float32-rounding.unit.test.ts.
import { networkInput, type AffineMap, type ElementwiseMap, type MaximumMap, type PlacedMap } from '@mipnet/network';
import { boundsBefore, magnitudes, type Box, type NetworkBounds } from './box.js';
import { errorsOf } from './float32-rounding.js';
import { linesAround } from './elementwise-lines.js';
import { roundOff } from './round-off.js';
import { maximumLines } from './maximum-lines.js';

/**
 * Linear forms of a layer's output, each bounded below by a linear form of an earlier layer:
 *
 *     rows[r] . y  >=  rows'[r] . x + constant[r] - margin[r]
 *
 * `margin` collects every rounding error: of this arithmetic, of the float64 forward pass, and of the runtime's
 * float32. An error in a unit's sum reaches the form through the unit's coefficient alone: |coefficient| times what the
 * sum can be off by.
 */
interface Forms {
  readonly count: number;
  width: number;
  /** count x width, row-major. */
  rows: Float64Array;
  readonly constant: Float64Array;
  readonly margin: Float64Array;
}

/** As many rows at a time as keep a wide layer's coefficients within some tens of megabytes, */
const blockNumbers = 1 << 22;
/** and as take about half a second: between two blocks somebody may want what there is. */
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
 * Proven intervals of units of layer `last`, both sides by substituting backwards. Rows are written down a block at a
 * time: those of all units of a wide layer together would take gigabytes.
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
  const slacks = stopped() ? [] : before.map((map, k) => slackOf(map, bounds, k));
  const result = new Float64Array(count).fill(-Infinity);
  for (let start = 0; start < count && !stopped(); start += block) {
    const end = Math.min(count, start + block);
    result.set(lowerBounds(maps, bounds, slacks, between(start, end)), start);
  }
  return result;
}

/** What the sums of an affine layer can be off by, for a coefficient of 1; empty for other layers. */
function slackOf(map: PlacedMap, bounds: NetworkBounds, k: number): Float64Array {
  if (map.kind !== 'affine') return new Float64Array(0);
  const size = magnitudes(boundsBefore(bounds, map.sources));
  const errors = errorsOf(map, bounds, k);
  const slack = new Float64Array(map.outputs);
  for (let j = 0; j < map.outputs; j++) {
    let sum = Math.abs(map.bias[j]);
    for (let e = map.starts[j]; e < map.starts[j + 1]; e++) sum += Math.abs(map.values[e]) * size[map.indices[e]];
    slack[j] = errors[j] + roundOff(map.starts[j + 1] - map.starts[j] + map.outputs + 1, sum + errors[j]);
  }
  return slack;
}

function lowerBounds(
  maps: readonly PlacedMap[],
  bounds: NetworkBounds,
  slacks: readonly Float64Array[],
  rows: Float64Array,
): Float64Array {
  const last = slacks.length - 1;
  const width = maps[last].outputs;
  const count = rows.length / width;
  const forms: Forms = { count, width, rows, constant: new Float64Array(count), margin: new Float64Array(count) };
  // Coefficients on the outputs of layers that are still to be substituted; [-1] on the network's input.
  const waiting = new Map<number, Float64Array>([[last, rows]]);
  for (let k = last; k >= 0; k--) {
    const own = waiting.get(k);
    if (own === undefined) continue;
    waiting.delete(k);
    const map = maps[k];
    const box = boundsBefore(bounds, map.sources);
    forms.rows = own;
    forms.width = map.outputs;
    if (map.kind === 'affine') throughAffine(map, slacks[k], forms);
    else if (map.kind === 'maximum') throughMaximum(map, box, forms);
    else if (map.kind === 'elementwise') throughElementwise(map, box, errorsOf(map, bounds, k), forms);
    handOn(map.sources, bounds, forms, waiting);
  }
  forms.rows = waiting.get(networkInput) ?? new Float64Array(count * bounds.input.lower.length);
  forms.width = bounds.input.lower.length;
  return concretised(forms, bounds.input);
}

/** Gives each source its part of the coefficients. What several layers read gets the sum of theirs. */
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
      shift(forms, r, 0, roundOff(1, sizeOfTerms));
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
  const next = new Float64Array(forms.count * map.inputs);
  const live = new Int32Array(map.outputs);
  for (let r = 0; r < forms.count; r++) {
    const row = forms.rows.subarray(r * map.outputs, (r + 1) * map.outputs);
    const target = next.subarray(r * map.inputs, (r + 1) * map.inputs);
    let used = 0;
    let constant = 0;
    let margin = 0;
    for (let j = 0; j < map.outputs; j++) {
      if (row[j] === 0) continue;
      live[used++] = j;
      constant += row[j] * map.bias[j];
      margin += Math.abs(row[j]) * slack[j];
    }
    if (map.matrix) addFullRows(map.matrix, map.inputs, row, live.subarray(0, used), target);
    else addSparseRows(map, row, live.subarray(0, used), target);
    shift(forms, r, constant, margin);
  }
  forms.rows = next;
  forms.width = map.inputs;
}

/**
 * target += row . W over the live units, four rows of W at a time so that each target is loaded once for four products.
 */
function addFullRows(
  matrix: Float64Array,
  inputs: number,
  row: Float64Array,
  live: Int32Array,
  target: Float64Array,
): void {
  let k = 0;
  for (; k + 4 <= live.length; k += 4) {
    const [j0, j1, j2, j3] = [live[k] * inputs, live[k + 1] * inputs, live[k + 2] * inputs, live[k + 3] * inputs];
    const [a0, a1, a2, a3] = [row[live[k]], row[live[k + 1]], row[live[k + 2]], row[live[k + 3]]];
    for (let i = 0; i < inputs; i++)
      target[i] += a0 * matrix[j0 + i] + a1 * matrix[j1 + i] + a2 * matrix[j2 + i] + a3 * matrix[j3 + i];
  }
  for (; k < live.length; k++) {
    const from = live[k] * inputs;
    const a = row[live[k]];
    for (let i = 0; i < inputs; i++) target[i] += a * matrix[from + i];
  }
}

function addSparseRows(
  { starts, indices, values }: AffineMap,
  row: Float64Array,
  live: Int32Array,
  target: Float64Array,
): void {
  for (const j of live) for (let e = starts[j]; e < starts[j + 1]; e++) target[indices[e]] += row[j] * values[e];
}

function throughElementwise(map: ElementwiseMap, box: Box, errors: Float64Array, forms: Forms): void {
  const size = magnitudes(box);
  const lines = linesAround(map, box, errors);
  for (let r = 0; r < forms.count; r++) {
    const row = forms.rows.subarray(r * map.outputs, (r + 1) * map.outputs);
    let constant = 0;
    let sizeOfTerms = 0;
    for (let i = 0; i < map.outputs; i++) {
      const a = row[i];
      if (a === 0) continue;
      const offset = a * (a > 0 ? lines.lowerOffset[i] : lines.upperOffset[i]);
      row[i] = a * (a > 0 ? lines.lowerSlope[i] : lines.upperSlope[i]);
      constant += offset;
      sizeOfTerms += Math.abs(offset) + Math.abs(row[i]) * size[i];
    }
    shift(forms, r, constant, roundOff(map.outputs, sizeOfTerms));
  }
}

/**
 * max_i x_i >= the x_i with the largest lower bound; <= it too where it beats all others, else <= the largest upper
 * bound.
 */
function throughMaximum(map: MaximumMap, box: Box, forms: Forms): void {
  const size = magnitudes(box);
  const next = new Float64Array(forms.count * map.inputs);
  const { best, ceiling } = maximumLines(map, box);
  for (let r = 0; r < forms.count; r++) {
    let constant = 0;
    let sizeOfTerms = 0;
    for (let j = 0; j < map.outputs; j++) {
      const a = forms.rows[r * map.outputs + j];
      if (a === 0) continue;
      if (a > 0 || ceiling[j] === Infinity) next[r * map.inputs + best[j]] += a;
      else constant += a * ceiling[j];
      sizeOfTerms += Math.abs(a) * Math.max(size[best[j]], a > 0 || ceiling[j] === Infinity ? 0 : Math.abs(ceiling[j]));
    }
    shift(forms, r, constant, roundOff(map.outputs, sizeOfTerms));
  }
  forms.rows = next;
  forms.width = map.inputs;
}

function concretised({ count, width, rows, constant, margin }: Forms, { lower, upper }: Box): Float64Array {
  const result = new Float64Array(count);
  for (let r = 0; r < count; r++) {
    let sum = constant[r];
    let size = Math.abs(sum);
    for (let i = 0; i < width; i++) {
      const a = rows[r * width + i];
      const term = a * (a > 0 ? lower[i] : upper[i]);
      sum += term;
      size += Math.abs(term);
    }
    result[r] = sum - margin[r] - roundOff(width, size + margin[r]);
  }
  return result;
}

function shift(forms: Forms, r: number, constant: number, margin: number): void {
  forms.constant[r] += constant;
  forms.margin[r] += margin + roundOff(1, Math.abs(forms.constant[r]));
}
