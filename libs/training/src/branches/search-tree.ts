import type { Model } from '@mipnet/mip';
import { certifiedLowerBound } from '@mipnet/solver';
import { BranchingScores, type Candidate } from './branching-scores.js';
import { DualSimplex } from './dual-simplex.js';

/** New bounds of one column. */
export type Change = readonly [column: number, lower: number, upper: number];

/** A part of a model: the changes of bounds that lead to it, and a proven lower bound. */
export interface TreeNode {
  readonly changes: readonly Change[];
  /** Columns that reduced costs have fixed below some cutoff; they need no place in what is handed on. */
  readonly fixed: readonly Change[];
  readonly bound: number;
}

export interface TreeOptions {
  /** Only points below it count. */
  readonly cutoff: number;
  /** LP iterations. */
  readonly workLimit: number;
  readonly stopped: () => boolean;
  /**
   * Takes a point of the relaxation, whole or not, and answers with the cutoff from now on. It may narrow bounds of
   * rows of the simplex, too.
   */
  readonly onPoint: (x: Float64Array, simplex: DualSimplex) => number;
  /** For a column, the one that is 0 where it is positive; -1 for none. */
  readonly partner: (column: number) => number;
  readonly onNode?: (nodes: number, iterations: number) => void;
}

export interface TreeResult {
  /** The parts that are not closed, in the order in which the search would have taken them. */
  readonly open: readonly TreeNode[];
  readonly nodes: number;
  readonly iterations: number;
}

/** LP iterations of one node. */
const nodeIterations = 5_000;
/** Points are rounded at the first nodes, then at every so many. */
const roundedFirst = 10;
const roundedEvery = 50;
const wholeWithin = 1e-6;
/** Digits that a reduced cost may have lost: far more than it can. */
const slack = 1e-7;

/**
 * Branch and bound on the integer columns of a model with few rows: depth first, the child on the side of the LP value
 * first, so that what is open stays short and the basis changes little. A part is closed only if row multipliers prove
 * in outward-rounded arithmetic that its relaxation reaches the cutoff; one that cannot be proven stays open with the
 * bound that it had. Deterministic.
 * @param from the parts to search, the first one first
 */
export function searchTree(model: Model, from: readonly TreeNode[], options: TreeOptions): TreeResult {
  const tree = new SearchTree(model, options);
  return tree.run(from);
}

class SearchTree {
  readonly #simplex: DualSimplex;
  readonly #scores: BranchingScores;
  readonly #unproven: TreeNode[] = [];
  #cutoff: number;
  #nodes = 0;

  constructor(
    private readonly model: Model,
    private readonly options: TreeOptions,
  ) {
    this.#simplex = new DualSimplex(model);
    this.#scores = new BranchingScores(model, this.#simplex, {
      proves: () => this.#proves(),
      partner: options.partner,
    });
    this.#cutoff = options.cutoff;
  }

  run(from: readonly TreeNode[]): TreeResult {
    const stack = [...from].reverse();
    const { workLimit, stopped, onNode } = this.options;
    // One node at least, so that many small limits come to an end, too.
    while (stack.length > 0 && (this.#nodes === 0 || this.#simplex.iterations < workLimit) && !stopped()) {
      const node = stack.pop()!;
      if (node.bound >= this.#cutoff) continue;
      stack.push(...this.#explore(node).reverse());
      this.#nodes++;
      onNode?.(this.#nodes, this.#simplex.iterations);
    }
    const open = [...stack.reverse(), ...this.#unproven].filter(({ bound }) => bound < this.#cutoff);
    return { open, nodes: this.#nodes, iterations: this.#simplex.iterations };
  }

  /** The parts that remain of a node, the most promising first. */
  #explore(node: TreeNode): TreeNode[] {
    const simplex = this.#simplex;
    this.#narrow(node);
    const end = simplex.solve(this.#cutoff, nodeIterations);
    const proven = this.#certified();
    if (proven >= this.#cutoff) return [];
    if (end !== 'optimal') {
      this.#unproven.push(node);
      return [];
    }
    const bound = Math.max(node.bound, proven);
    const candidates = this.#fractional();
    if (candidates.length === 0) return this.#whole({ ...node, bound });
    if (this.#nodes < roundedFirst || this.#nodes % roundedEvery === 0)
      this.#cutoff = this.options.onPoint(simplex.point(), simplex);
    const fixed = [...node.fixed, ...this.#fixedHere(bound)];
    const choice = this.#scores.choose(candidates, this.#cutoff);
    const { column, value } = choice;
    const [lower, upper] = [simplex.lower[column], simplex.upper[column]];
    const child = (added: readonly Change[]): TreeNode => ({ changes: [...node.changes, ...added], fixed, bound });
    const partner = this.options.partner(column);
    const without: readonly Change[] = partner < 0 ? [] : [[partner, 0, 0]];
    const down = choice.closesDown ? [] : [child([[column, lower, Math.floor(value)]])];
    const up = choice.closesUp ? [] : [child([[column, Math.ceil(value), upper], ...without])];
    return value - Math.floor(value) > 0.5 ? [...up, ...down] : [...down, ...up];
  }

  /** A node whose relaxation is whole: once its point is taken, nothing in it may be below the new cutoff. */
  #whole(node: TreeNode): TreeNode[] {
    const before = this.#cutoff;
    const rows = this.#simplex.upper.slice(this.model.columnCount);
    this.#cutoff = this.options.onPoint(this.#simplex.point(), this.#simplex);
    const isNarrower = rows.some((upper, i) => this.#simplex.upper[this.model.columnCount + i] < upper);
    if (this.#cutoff < before || isNarrower) return [node];
    this.#unproven.push(node);
    return [];
  }

  #narrow({ changes, fixed }: TreeNode): void {
    const { lower, upper } = this.#simplex;
    lower.set(this.model.columnLower);
    upper.set(this.model.columnUpper);
    for (const list of [changes, fixed]) for (const change of list) this.#set(change);
  }

  #set([column, lower, upper]: Change): void {
    this.#simplex.lower[column] = Math.max(this.#simplex.lower[column], lower);
    this.#simplex.upper[column] = Math.min(this.#simplex.upper[column], upper);
  }

  #fractional(): Candidate[] {
    const found: Candidate[] = [];
    for (let column = 0; column < this.model.columnCount; column++) {
      if (!this.model.integer[column] || this.#simplex.place[column] < 0) continue;
      const value = this.#simplex.value(column);
      if (Math.abs(value - Math.round(value)) > wholeWithin) found.push({ column, value });
    }
    return found;
  }

  /** As in shrink-model.ts, for the part below a node. */
  #fixedHere(bound: number): Change[] {
    const { place, reduced, lower, upper } = this.#simplex;
    const least = this.#cutoff - bound + slack * (1 + Math.abs(bound));
    const found: Change[] = [];
    for (let j = 0; j < this.model.columnCount; j++) {
      if (!this.model.integer[j] || place[j] >= 0 || lower[j] === upper[j] || Math.abs(reduced[j]) < least) continue;
      const at = this.#simplex.value(j);
      found.push([j, at, at]);
    }
    found.forEach((change) => this.#set(change));
    return found;
  }

  /** A lower bound of the present part from the multipliers of the last solve, rounding included. */
  #certified(): number {
    const { lower, upper } = this.#simplex;
    const { columnCount } = this.model;
    const narrowed = {
      ...this.model,
      columnLower: lower.subarray(0, columnCount),
      columnUpper: upper.subarray(0, columnCount),
      rowLower: lower.subarray(columnCount),
      rowUpper: upper.subarray(columnCount),
    };
    return certifiedLowerBound(narrowed, this.#simplex.duals()) ?? -Infinity;
  }

  #proves(): boolean {
    return this.#certified() >= this.#cutoff;
  }
}
