import type { BranchEvent } from './branch-log.js';
import { chooseUnit } from './choose-unit.js';
import { FormBound, type UnitChoices, type UnitSides } from './form-bound.js';
import { firstSlopes, type LiveNetwork } from './live-network.js';
import { OpenNodes } from './open-nodes.js';
import { raiseBound, type RaiseOptions } from './raise-bound.js';
import { Retightening } from './retighten.js';

/** A part of the box: the inputs that keep some units on chosen sides. */
interface SearchNode extends UnitSides {
  /** The least bound of its rows. */
  readonly bound: number;
  /** Its number in the log. */
  readonly part: number;
  /** The rows that are not excluded yet, the one with the least bound first. */
  readonly rows: readonly OpenRow[];
}

interface OpenRow {
  readonly row: number;
  readonly bound: number;
  readonly slope: Float64Array;
  readonly multiplier: Float64Array;
}

export interface BranchOptions {
  /** A form is excluded if its bound is above this. @default 0 */
  readonly target?: number;
  /** @default no limit */
  readonly nodeLimit?: number;
  /** Most passes of the ascent for the whole box. @default 60 */
  readonly rootPasses?: number;
  readonly stopped?: () => boolean;
  /** Called with the corner that attains a search node's bound, an input of the box; true ends the search. */
  readonly inspect?: (corner: Float64Array) => boolean;
  /** Called at every node. */
  readonly onProgress?: (progress: BranchProgress) => void;
  /** The tree of the proof, as it grows; the choices of an event are the caller's to keep. */
  readonly log?: (event: BranchEvent) => void;
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

interface RowsResult {
  /** Of each row, as in `BranchResult`. */
  readonly bounds: Float64Array;
  readonly nodes: number;
}

/** Most passes of the ascent at the root and at a node. */
const passes = { root: 60, node: 10 };
/**
 * If every unit is decided: passes, and their step sizes in turn. If no input is left, the bound grows without limit,
 * so the step sizes grow, too.
 */
const end = { passes: 150, paces: [0.2, 2, 20, 200] };
/** Waiting search nodes may take about this many bytes; a search that needs more ends undecided. */
const memory = 2 ** 28;

/** Branch and bound for one form: see `branchOnRows`. */
export function branchOnSigns(network: LiveNetwork, row: Float64Array, options: BranchOptions = {}): BranchResult {
  const { bounds, nodes } = branchOnRows(network, [row], options);
  return { bound: bounds[0], nodes };
}

/**
 * Branch and bound for the minima of linear forms of a network's outputs, in one tree: the node with the least bound is
 * split by the sign of one unit, so that its line becomes exact in either half, and each half is bounded again
 * (form-bound.ts), for the forms that are not excluded yet. Forms share the bounds of units behind a split, which cost
 * more than their own. Every number of every forward pass lies in one of the leaves, and each leaf is closed by a
 * certified bound, rounding included: the proof relies on no solver and no tolerance. Source: Bunel et al. 2020; Wang
 * et al. 2021.
 * @param rows coefficients of each form on the outputs
 */
function branchOnRows(network: LiveNetwork, rows: readonly Float64Array[], options: BranchOptions = {}): RowsResult {
  const { target = 0, nodeLimit = Infinity, stopped, log } = options;
  const forms = rows.map((row) => new FormBound(network, network.steps.length, row));
  const retightening = Retightening.of(network);
  const waiting = new OpenNodes<SearchNode>();
  const gradient = new Float64Array(network.open.length);
  const closed = new Float64Array(rows.length).fill(Infinity);
  let bytes = 0;
  let nodes = 0;

  const close = (row: number, part: number, bound: number, choices: UnitChoices): void => {
    closed[row] = Math.min(closed[row], bound);
    log?.({ kind: 'closed', part, row, bound, choices });
  };
  /** Bounds a part of the box; it is queued for a split if bounds do not exclude all rows. */
  const enter = (sides: UnitSides, part: number, open: readonly OpenRow[], ascent: RaiseOptions): void => {
    const left: OpenRow[] = [];
    for (const { row, bound: known, slope, multiplier } of open) {
      const choices = { ...sides, slope: slope.slice(), multiplier: multiplier.slice() };
      // What holds for a whole holds for its parts.
      const bound = Math.max(known, raiseBound(forms[row], choices, { ...ascent, target, stopped }));
      if (bound > target) close(row, part, bound, choices);
      else left.push({ row, bound, slope: choices.slope, multiplier: choices.multiplier });
    }
    if (left.length === 0) return;
    left.sort((one, other) => one.bound - other.bound);
    const node = { ...sides, part, rows: left, bound: left[0].bound };
    bytes += bytesOf(node);
    waiting.push(node);
  };
  const result = (others: readonly SearchNode[] = []): RowsResult => {
    const bounds = closed.slice();
    for (const node of [...waiting, ...others])
      for (const { row, bound } of node.rows) bounds[row] = Math.min(bounds[row], bound);
    return { bounds, nodes };
  };

  nodes++;
  enter(firstSides(network), 0, firstRows(network, rows.length), { passes: options.rootPasses ?? passes.root });
  while (waiting.size > 0 && bytes < memory && nodes < nodeLimit && !stopped?.()) {
    const node = waiting.pop() as SearchNode;
    bytes -= bytesOf(node);
    options.onProgress?.({ nodes, open: waiting.size + 1, bound: node.bound });
    const [worst] = node.rows;
    const form = forms[worst.row];
    const choices = { ...node, slope: worst.slope, multiplier: worst.multiplier };
    form.evaluate(choices);
    form.gradient(choices, gradient);
    if (options.inspect?.(form.input()) ?? false) return result([node]);
    const unit = chooseUnit(form, choices);
    if (unit === undefined) {
      // No unit is left to split: all is linear, and only more ascent can help.
      for (const { row, slope, multiplier } of node.rows) {
        const last = { ...node, slope, multiplier };
        const ends = end.paces.some(
          (pace) => raiseBound(forms[row], last, { passes: end.passes, pace, target, stopped }) > target,
        );
        if (!ends) return result([node]);
        close(row, node.part, forms[row].evaluate(last), last);
      }
      continue;
    }
    log?.({ kind: 'split', part: node.part, unit, parts: { above: nodes, below: nodes + 1 } });
    for (const side of [1, -1] as const) {
      const half = onSide(node, unit, side);
      const part = nodes++;
      if (retightening.isEmpty(half, unit)) log?.({ kind: 'empty', part, sides: half });
      else enter(half, part, node.rows, { passes: passes.node });
    }
  }
  return result();
}

/** No unit is decided. */
const firstSides = ({ open, lower, upper }: LiveNetwork): UnitSides => ({
  side: new Int8Array(open.length),
  lower: lower.slice(),
  upper: upper.slice(),
});

const firstRows = (network: LiveNetwork, count: number): readonly OpenRow[] =>
  Array.from({ length: count }, (_, row) => ({
    row,
    bound: -Infinity,
    slope: firstSlopes(network),
    multiplier: new Float64Array(network.open.length),
  }));

function onSide(node: UnitSides, unit: number, side: 1 | -1): UnitSides {
  const half = { side: node.side.slice(), lower: node.lower.slice(), upper: node.upper.slice() };
  half.side[unit] = side;
  half[side > 0 ? 'lower' : 'upper'][unit] = 0;
  return half;
}

const bytesOf = ({ side, rows }: SearchNode): number => (17 + 16 * rows.length) * side.length + 400;
