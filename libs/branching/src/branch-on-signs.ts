import { chooseUnit } from './choose-unit.js';
import { FormBound, type UnitChoices } from './form-bound.js';
import type { LiveNetwork } from './live-network.js';
import { OpenNodes } from './open-nodes.js';
import { raiseBound, type RaiseOptions } from './raise-bound.js';
import { Retightening } from './retighten.js';

/** A part of the box: inputs that keep some units on the sides chosen. */
export interface SearchNode extends UnitChoices {
  readonly bound: number;
}

export interface BranchOptions {
  /** The form is excluded where its bound is above this. @default 0 */
  readonly target?: number;
  /** @default no limit */
  readonly nodeLimit?: number;
  readonly stopped?: () => boolean;
  /** Looks at the corner where a node's bound is attained, an input of the box; true ends the search. */
  readonly inspect?: (corner: Float64Array) => boolean;
  /** Called at every node. */
  readonly onProgress?: (progress: BranchProgress) => void;
}

export interface BranchProgress {
  readonly nodes: number;
  readonly open: number;
  readonly bound: number;
}

export interface BranchResult {
  /** Certified lower bound on the form over the box. Above the target: it is excluded everywhere. */
  readonly bound: number;
  readonly nodes: number;
}

/** Most passes of the ascent at the root and at a node. */
const passes = { root: 60, node: 20 };
/**
 * Where every unit is decided: passes, and their paces in turn. Where no input is left the bound grows without end, so
 * paces do.
 */
const end = { passes: 150, paces: [0.2, 2, 20, 200] };
/** Nodes that wait may take about this many bytes; a search that needs more ends undecided. */
const memory = 2 ** 28;

/**
 * Branch and bound for the minimum of a linear form of a network's outputs: the node with the least bound is split by
 * the sign of one unit, so that its line becomes exact in either half, and each half is bounded anew (form-bound.ts).
 * Every number of every forward pass lies in one of the leaves, and each leaf is closed by a bound that is certified by
 * itself, rounding included: no solver and no tolerance is trusted. Source: Bunel et al. 2020; Wang et al. 2021.
 * @param row coefficients of the form on the outputs
 */
export function branchOnSigns(network: LiveNetwork, row: Float64Array, options: BranchOptions = {}): BranchResult {
  const { target = 0, nodeLimit = Infinity, stopped } = options;
  const form = new FormBound(network, network.steps.length, row);
  const retightening = new Retightening(network);
  const waiting = new OpenNodes<SearchNode>();
  const mostWaiting = memory / (33 * network.open.length + 200);
  const gradient = new Float64Array(network.open.length);
  let closed = Infinity;
  let nodes = 0;

  /** Bounds a part of the box; it waits for being split where the bound does not exclude it. */
  const enter = (choices: UnitChoices, ascent: RaiseOptions, known = -Infinity): void => {
    // What holds for a whole holds for its parts.
    const bound = Math.max(known, raiseBound(form, choices, { ...ascent, target, stopped }));
    if (bound > target) closed = Math.min(closed, bound);
    else waiting.push({ ...choices, bound });
  };

  enter(firstChoices(network), { passes: passes.root });
  nodes++;
  while (waiting.size > 0 && waiting.size < mostWaiting && nodes < nodeLimit && !stopped?.()) {
    const node = waiting.pop() as SearchNode;
    options.onProgress?.({ nodes, open: waiting.size + 1, bound: node.bound });
    form.evaluate(node);
    form.gradient(node, gradient);
    if (options.inspect?.(form.corner()) ?? false) return { bound: node.bound, nodes };
    const unit = chooseUnit(form, node);
    if (unit === undefined) {
      // Nothing left to split: all is linear, and more ascent is all that can help.
      const ends = end.paces.some(
        (pace) => raiseBound(form, node, { passes: end.passes, pace, target, stopped }) > target,
      );
      if (!ends) return { bound: node.bound, nodes };
      closed = Math.min(closed, form.evaluate(node));
      continue;
    }
    for (const side of [1, -1] as const) {
      const half = onSide(node, unit, side);
      nodes++;
      if (!retightening.isEmpty(half, unit)) enter(half, { passes: passes.node }, node.bound);
    }
  }
  return { bound: Math.min(closed, waiting.least), nodes };
}

/** Nothing decided; slopes as in CROWN, whichever line leaves less area. */
const firstChoices = ({ open, lower, upper }: LiveNetwork): UnitChoices => ({
  side: new Int8Array(open.length),
  lower: lower.slice(),
  upper: upper.slice(),
  slope: lower.map((low, unit) => (upper[unit] > -low ? 1 : 0)),
  multiplier: new Float64Array(open.length),
});

function onSide(node: UnitChoices, unit: number, side: 1 | -1): UnitChoices {
  const half = {
    side: node.side.slice(),
    lower: node.lower.slice(),
    upper: node.upper.slice(),
    slope: node.slope.slice(),
    multiplier: node.multiplier.slice(),
  };
  half.side[unit] = side;
  half[side > 0 ? 'lower' : 'upper'][unit] = 0;
  return half;
}
