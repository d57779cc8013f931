// Tested by ../splits/branches.unit.test.ts.

/**
 * A part of a problem that branching has not closed: bounds of some weights of the free layer, a range of sum |w|, and
 * a proven lower bound on the objective inside. The weights that it does not name keep the problem's own bounds.
 */
export interface OpenBox {
  /** Positions in the layer's weights, ascending. */
  readonly weights: Int32Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Least and largest sum |w|; any when left out. */
  readonly size?: SizeRange;
  readonly bound: number;
}

export interface SizeRange {
  readonly least: number;
  readonly most: number;
  /** Of a box with one size: its networks have a loss below this; the others lie in another box. */
  readonly lossBelow?: number;
}

/**
 * What branching knows of a problem: the open boxes, and a value that no network outside of them is below. Both hold
 * beside the incumbent: what a search closes, it closes for networks better than the incumbent of that moment.
 */
export interface OpenSet {
  readonly boxes: readonly OpenBox[];
  /** Infinity if nothing outside is better than the incumbent. */
  readonly closed: number;
}

/** Nothing is known yet: one box for the whole problem. A loss is never negative. */
export const wholeProblem: OpenSet = {
  boxes: [{ weights: new Int32Array(0), lower: new Float64Array(0), upper: new Float64Array(0), bound: 0 }],
  closed: Infinity,
};

/** Whether these are the whole problem, of which nothing is known yet. */
export const areWhole = (boxes: readonly OpenBox[]): boolean =>
  boxes.length === 1 && boxes[0].weights.length === 0 && boxes[0].size === undefined;

/** The lower bound of the whole: that of its least open box, of what is closed, and of the incumbent. */
export const boundOf = ({ boxes, closed }: OpenSet, incumbent: number): number =>
  boxes.reduce((least, { bound }) => Math.min(least, bound), Math.min(closed, incumbent));
