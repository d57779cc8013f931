// Tested by search-boxes.unit.test.ts.
import { certifiedLowerBound } from '@mipnet/solver';
import { wholeProblem, type OpenBox } from '../problem/open-box.js';
import { DualSimplex } from './dual-simplex.js';
import type { NeuronModel } from './neuron-model.js';

/** Sizes that may lie below the cutoff, and how many of them become boxes of their own. */
const most = { sizes: 16, single: 6 };
const iterations = 20_000;

export interface SizeOptions {
  readonly cutoff: number;
  /** Cost of one weight. */
  readonly sparsity: number;
  /** Sum |w| of the relaxation. */
  readonly from: number;
}

/**
 * The first division of a neuron with few, dear losses: by sum |w|, a whole number that sparsity counts. The relaxation
 * with sum |w| = k is convex in k, so that the k below the cutoff are neighbours: each becomes a box, the ones beyond
 * the first few a common box. Undefined if there are so many that they say little, or the rest cannot be closed.
 */
export function sizeRanges(
  neuron: NeuronModel,
  { cutoff, sparsity, from }: SizeOptions,
): readonly OpenBox[] | undefined {
  const model = neuron.withSizeRow(-Infinity, Infinity);
  const row = model.columnCount + model.rowCount - 1;
  const offset = neuron.sizeOffset;
  const simplex = new DualSimplex(model);
  const boundWithin = (least: number, largest: number): number => {
    simplex.lower[row] = least - offset;
    simplex.upper[row] = largest - offset;
    simplex.solve(cutoff, iterations);
    const rowLower = model.rowLower.slice();
    const rowUpper = model.rowUpper.slice();
    rowLower[model.rowCount - 1] = least - offset;
    rowUpper[model.rowCount - 1] = largest - offset;
    return certifiedLowerBound({ ...model, rowLower, rowUpper }, simplex.duals()) ?? -Infinity;
  };
  const bounds = new Map<number, number>();
  const walk = (first: number, step: number): number => {
    for (let size = first; ; size += step) {
      if (size < 0 || bounds.size > most.sizes) return size;
      const bound = boundWithin(size, size);
      if (bound >= cutoff) return size;
      bounds.set(size, bound);
    }
  };
  const above = walk(Math.ceil(from), 1);
  const below = walk(Math.ceil(from) - 1, -1);
  if (bounds.size > most.sizes) return undefined;
  if (boundWithin(above, Infinity) < cutoff || (below >= 0 && boundWithin(-Infinity, below) < cutoff)) return undefined;
  const [whole] = wholeProblem.boxes;
  const box = (least: number, largest: number, bound: number): OpenBox => ({
    ...whole,
    size: { least, most: largest },
    bound,
  });
  const sizes = [...bounds.keys()].sort((a, b) => a - b);
  const single = sizes.slice(0, most.single);
  const rest = sizes.slice(most.single);
  return [
    ...single.flatMap((size) => layersOf(box(size, size, bounds.get(size)!), sparsity, cutoff)),
    ...(rest.length > 0 ? [box(rest[0], rest.at(-1)!, Math.min(...rest.map((size) => bounds.get(size)!)))] : []),
  ];
}

/**
 * One size in layers of loss, each as thick as a weight is dear. A network of the next layer is no better than one with
 * another weight, and a small budget of loss is much easier to exclude than a large one: so bounds rise weight by
 * weight, and not only once a size is excluded as a whole.
 */
function layersOf(box: OpenBox, sparsity: number, cutoff: number): OpenBox[] {
  const size = box.size!;
  const layers: OpenBox[] = [];
  for (let layer = 0; ; layer++) {
    const bound = Math.max(box.bound, sparsity * (size.least + layer));
    const isLast = sparsity * (size.least + layer + 1) >= cutoff;
    layers.push({ ...box, bound, size: isLast ? size : { ...size, lossBelow: sparsity * (layer + 1) } });
    if (isLast) return layers;
  }
}
