import type { ObjectRef } from '@mipnet/object-store';
import type { AffineRanges } from '@mipnet/dataset';
import type { Network, WeightDomain } from '@mipnet/network';
import type { Solved } from '@mipnet/recursion';
import type { DialectName } from '@mipnet/solver';
import type { ColumnsTask } from '../columns/columns-task.js';
import type { Objective } from './objective.js';
import type { OpenBox } from './open-box.js';
import type { SplitSpec } from './split-spec.js';

/** What may change in one layer of the network: its weights inside a domain, and a box around the present ones. */
export interface FreeLayer {
  readonly domain: WeightDomain;
  /** Whether the biases are unknown too; otherwise they are half a grid step, which makes sign(0) = +1 robust. */
  readonly bias: boolean;
  /** Trust region, with the shape of the weights. @default the whole domain */
  readonly lower?: Float64Array;
  readonly upper?: Float64Array;
}

/** The rows of the data set a problem is about. */
export interface View {
  /** Rows of the training table; with `copies` a row may occur several times. */
  readonly rows: Int32Array;
  /** Rows of the table from this one on are copies of images. @default none */
  readonly images?: number;
  /** One for each row: position in `classes`. */
  readonly labels: Int32Array;
  /** The data set's class of each label: [4, 9] for the pair 4v9. */
  readonly classes: Int32Array;
  /** How much a sample of each class counts in the loss, by the data set's class. @default 1 */
  readonly classWeights?: Float64Array;
  /** How many one-pixel shifts of each image are added: 0, 4 or 8. */
  readonly shifts: number;
  /** Affine copies of each image that are added, and how far they differ. @default none */
  readonly affine?: AffineRanges & { readonly copies: number; readonly seed: number };
  /** Of each row the one sample that counts: 0 the image itself, then its copies in order. @default all of them */
  readonly copies?: Int32Array;
  /** Validation rows: rows of the training table kept out of training; and their labels. */
  readonly validationRows: Int32Array;
  readonly validationLabels: Int32Array;
  /**
   * Every value of the data set is a multiple of it. Set if the table itself does not show it (frozen layers with sign
   * outputs).
   */
  readonly grid?: number;
}

/**
 * Where a MIP stops: the solver's unit of work, which is repeatable, or seconds, and the relative gap that is good
 * enough. A work limit of 0 leaves out branch and cut: the relaxation is solved, rounded and improved.
 */
export interface Limits {
  readonly workLimit?: number;
  readonly timeLimit?: number;
  readonly gap: number;
  /** Of the local search that begins a network with hidden layers: millions of updates of one neuron for one sample. */
  readonly searchLimit?: number;
  /** Dead zone of pre-activations that lie on no grid. @default 1e-3 */
  readonly epsilon?: number;
  /** A fit stops at a network that misclassifies at most this fraction of the training samples. */
  readonly stopAtError?: number;
  /** False: a leaf is always solved, even if its result is known from an earlier run. @default true */
  readonly reuse?: boolean;
}

/** The result of an earlier run: references to its incumbent and to those of its parts. */
export type Previous = Pick<Solved, 'incumbent' | 'trace'>;

/** A network with unknown weights, the data, what to optimise, and how to divide the work. */
export interface TrainingProblem {
  readonly name: string;
  /** The data set's manifest. */
  readonly dataset: ObjectRef;
  readonly view: View;
  /** The weights of free layers are the start; with the split `pairs`, this is the network of one pair. */
  readonly network: Network;
  /** One entry per layer: null for a frozen layer. */
  readonly free: readonly (FreeLayer | null)[];
  /** Solved in order; each keeps the values of the ones before. */
  readonly objectives: readonly Objective[];
  readonly limits: Limits;
  /** The solver of its MIPs; `highs` when left out. */
  readonly solver?: DialectName;
  /** Splits still to be made, outermost first. */
  readonly splits: readonly SplitSpec[];
  readonly seed: number;
  /** The result of an earlier run of the same problem, with other limits: this run does not end worse. */
  readonly previous?: Previous;
  /** Of the leaves of the split `columns`: what to do instead of solving a MIP. */
  readonly columns?: ColumnsTask;
  /** Of a leaf of branches: the parts of the problem that it searches for networks better than `network`. */
  readonly boxes?: readonly OpenBox[];
}
