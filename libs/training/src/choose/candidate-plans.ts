import type { Plan } from '../plan/plan-schema.js';
import type { PixelColumns } from './pixel-columns.js';

/** What the rules look at. */
export interface DataShape {
  /** Training rows. */
  readonly rows: number;
  readonly classes: number;
  /** [inputs] of a table, [channels, rows, columns] of images. */
  readonly inputShape: readonly number[];
  /** If the columns of a table are pixels. */
  readonly pixels?: PixelColumns | undefined;
}

/** A plan without its data, as people write it. */
export interface Candidate {
  /** For messages: what it is. */
  readonly about: string;
  readonly dataset: Partial<Plan['dataset']>;
  readonly network: readonly object[];
  readonly splits: readonly (string | object)[];
  readonly objectives: readonly object[];
}

/** Weights up to 127 are 16 margins per input. */
const usualMargin = 8;
/** From this number of rows on, a pair of classes is trained by batches: one LP would take too long. */
const mostRowsOfLp = 5_000;
const batchRows = 2_500;
/** More training rows hardly change networks of this size, and take long. */
const mostRows = 50_000;
/** Images from this side on get filters. */
const filterSide = 16;
/** Smaller images have no room for filters and pools. */
const edgeSide = 5;
/** Of ternary votes on edges: the box of the weights holds their norm down, so that the margin can be large. */
const edgeMargins = [8, 16];
/** Below this number of images per training, copies moved by a pixel help more than they cost. */
const fewImages = 2_000;

/**
 * The plans that are tried on data of a shape, simplest first; of equally good ones the first is taken. There is one
 * network per pair of classes, and every weight comes from a rounded LP and a local search:
 *
 *     linear     one neuron on the inputs: with small weights (margin 64), then with three weights of sparsity
 *     stumps     and 32 relus, each trained to separate one row of one class from one of another: mostly one input each
 *     relus      and more of them, each trained on three or ten rows of both sides: as many as the rows can bear
 *     edges      images below 16 x 16, also as the pixels in a row of a table: the inputs beside responses of fixed
 *                filters for edges, with ternary weights; instead of stumps and relus
 *     filters    images of at least 16 x 16: trained ternary filters, then a ternary neuron on their pooled outputs
 *
 * Tables are scaled by 2.5 standard deviations and rounded to 64ths, so that every sign is exact. docs/choosing.md has
 * the measurements.
 */
export function candidatePlans({ rows, classes, inputShape, pixels }: DataShape): readonly Candidate[] {
  const side = inputShape.length === 3 ? Math.min(...inputShape.slice(1)) : 0;
  if (side >= filterSide) return [filters(rows)];
  const isTable = inputShape.length !== 3;
  const many = rows < 300 ? 32 : rows < 1_000 ? 128 : 256;
  const shared = { rows, classes, isTable };
  const lines = [
    linear(shared, { sparsity: 0.5, margin: 64 }),
    linear(shared, { sparsity: 1 }),
    linear(shared, { sparsity: 0.5 }),
    linear(shared, { sparsity: 2 }),
  ];
  const smallest = pixels ? Math.min(...pixels.image) : side;
  if (smallest >= edgeSide)
    return [...lines, ...edgeMargins.map((margin) => withEdges(shared, { side: smallest, pixels, margin }))];
  return [
    ...lines,
    withRelus(shared, { neurons: 32, samples: 1, sparsity: 2 }),
    withRelus(shared, { neurons: many, samples: 3, sparsity: 2 }),
    withRelus(shared, { neurons: many, samples: 3, sparsity: 8 }),
    withRelus(shared, { neurons: many, samples: 10, sparsity: 4 }),
    withRelus(shared, { neurons: many, samples: 10, sparsity: 1 }),
  ];
}

interface Shared {
  readonly rows: number;
  readonly classes: number;
  readonly isTable: boolean;
}

const inputs = ({ isTable }: Shared): object[] => (isTable ? [{ quantize: 64 }] : []);

/**
 * The vote of a pair: whole from half a margin on, less near zero. Two classes have one vote and no need to be whole:
 * its score says how sure the network is.
 */
function vote({ classes }: Shared, margin: number): object {
  const most = classes === 2 ? 16 * margin : margin / 2;
  return { dense: 1, weights: 'integer(127)', activation: 'clip', low: -most, high: most };
}

const ofRows = ({ rows, isTable }: Shared): Partial<Plan['dataset']> => ({
  ...(isTable ? { deviations: 2.5 } : {}),
  ...(rows > mostRows ? { examples: mostRows } : {}),
  validationPerClass: 0,
});

const pairs = ({ rows }: Pick<Shared, 'rows'>): (string | object)[] =>
  rows > mostRowsOfLp ? ['pairs', { batches: { kind: 'consensus', size: batchRows, rounds: 2 } }] : ['pairs'];

const hinge = (margin: number, sparsity: number): object[] => [{ fit: { loss: 'hinge', margin, sparsity } }];

function linear(shared: Shared, { sparsity, margin = usualMargin }: { sparsity: number; margin?: number }): Candidate {
  return {
    about: `linear, sparsity ${sparsity}${margin === usualMargin ? '' : `, margin ${margin}`}`,
    dataset: ofRows(shared),
    network: [...inputs(shared), vote(shared, margin)],
    splits: pairs(shared),
    objectives: hinge(margin, sparsity),
  };
}

interface Relus {
  readonly neurons: number;
  /** Rows of each of the two classes that a neuron separates. */
  readonly samples: number;
  readonly sparsity: number;
}

function withRelus(shared: Shared, { neurons, samples, sparsity }: Relus): Candidate {
  const read = inputs(shared).map((layer) => ({ ...layer, name: 'inputs' }));
  const from = read.length > 0 ? 'inputs' : 'input';
  // An image is flattened before it lies beside a vector.
  const flat = shared.isTable ? [] : [{ flatten: true, name: 'inputs' }];
  return {
    about: `${neurons} relus on ${samples} ${samples === 1 ? 'row' : 'rows'} a side, sparsity ${sparsity}`,
    dataset: ofRows(shared),
    network: [
      ...read,
      ...flat,
      { dense: neurons, weights: 'integer(15)', activation: 'relu', name: 'relus' },
      { concat: true, from: [flat.length > 0 ? 'inputs' : from, 'relus'] },
      vote(shared, usualMargin),
    ],
    splits: ['layers', { neurons: { samples, margin: 1, sparsity: 0.01 } }, ...pairs(shared)],
    objectives: hinge(usualMargin, sparsity),
  };
}

interface Edges {
  /** The smaller side of the image. */
  readonly side: number;
  /** Of a table. */
  readonly pixels?: PixelColumns | undefined;
  readonly margin: number;
}

/** Pools have the sides of `few-shot-conv` on 28 x 28 pixels, in proportion, and overlap by half. */
function withEdges(shared: Shared, { side, pixels, margin }: Edges): Candidate {
  const pool = Math.max(2, Math.round((6 * side) / 28));
  const most = margin / 2;
  return {
    about: `the inputs and fixed filters for edges, margin ${margin}`,
    dataset: ofRows(shared),
    network: [
      ...(shared.isTable ? [{ quantize: 64, name: 'inputs' }, pixels!] : [{ flatten: true, name: 'inputs' }]),
      {
        conv: 8,
        kernel: 3,
        fixed: 'oriented-edges',
        pad: 1,
        bias: -0.5,
        activation: 'relu',
        ...(shared.isTable ? {} : { from: 'input' }),
      },
      { strongest: 0.5 },
      { averagePool: pool, stride: Math.ceil(pool / 2) },
      { flatten: true, name: 'edges' },
      { concat: true, from: ['inputs', 'edges'] },
      { dense: 1, weights: 'ternary', activation: 'clip', low: -most, high: most },
    ],
    splits: pairs(shared),
    objectives: hinge(margin, 0.1),
  };
}

function filters(rows: number): Candidate {
  const isFew = rows < fewImages;
  const batches = { batches: { kind: 'hardest-first', start: 300, add: 600, rounds: 4 } };
  return {
    about: `64 ternary filters, ${isFew ? 'images moved by a pixel' : 'hardest images first'}`,
    dataset: { shifts: isFew ? 4 : 0, validationPerClass: 0 },
    network: [
      { conv: 64, kernel: 7, activation: 'step' },
      { averagePool: 4 },
      { dense: 1, weights: 'ternary', activation: 'sign' },
    ],
    splits: ['layers', { neurons: { samples: 40, margin: 1, sparsity: 0.01 } }, 'pairs', ...(isFew ? [] : [batches])],
    objectives: hinge(isFew ? 8 : 6, 0.1),
  };
}
