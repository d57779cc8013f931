// Tested by certificate.unit.test.ts.
import { TreeWalk, type Bounds, type Node, type Part, type Prover, type Row } from '@mipnet/checker';
import { chooseSplit, leavesOf } from './choose-split.js';
import type { Hints, PartHint } from './search-hints.js';
import { undecidedUnits } from './undecided-units.js';

export interface GrowOptions {
  /** What a search has found out about the box. */
  readonly hints?: Hints;
  /** True ends it without a tree. */
  readonly stopped?: () => boolean;
}

export interface GrownTree {
  readonly nodes: readonly Node[];
  /** The least bound of its leaves: by how much the rows are excluded. */
  readonly bound: number;
}

/** Nodes of a tree, at most. */
const mostNodes = 4_000_000;
/** The same for each node of a search that is followed. */
const mostPerNode = 4;
/** A box gets bounds of its own at every fourth level, so that leaves begin with units that are decided already. */
const levels = 4;

/** What the writer knows about a part that waits. */
interface Waiting {
  /** Its number in the search. */
  readonly number?: number;
  /** The activation of the last split by a unit. */
  readonly last?: number;
  /** The bounds of its units are those of a larger box of inputs. */
  readonly isStale: boolean;
}

/**
 * A tree that the checker accepts: each leaf is tried by the checker's own arithmetic. Hints are followed; a part of
 * which they say nothing, or too little, is divided further.
 * @returns undefined if it was stopped, or too large
 */
export async function growTree(
  prover: Prover,
  root: Bounds,
  rows: readonly Row[],
  { hints, stopped }: GrowOptions = {},
): Promise<GrownTree | undefined> {
  const walk = new TreeWalk(prover, root, rows);
  const nodes: Node[] = [];
  let bound = Infinity;
  const most = hints === undefined ? mostNodes : Math.min(mostNodes, 100 + mostPerNode * hints.size);
  const waiting: Waiting[] = [{ number: 0, isStale: false }];
  while (!walk.isDone) {
    // For a Ctrl-C.
    if (nodes.length % 256 === 255) await new Promise((resolve) => setImmediate(resolve));
    if (nodes.length >= most || stopped?.()) return undefined;
    const [part, known] = [walk.next(), waiting.pop()!];
    const hint = known.number === undefined ? undefined : hints?.at(known.number, walk);
    const isSplit = hint !== undefined && 'split' in hint;
    // Only what the nodes say happens to the part itself.
    const tried = copyOf(part);
    const leaf = isSplit ? undefined : leafOf({ walk, part, tried, known }, hint);
    if (leaf !== undefined) {
      nodes.push(leaf.node);
      bound = Math.min(bound, leaf.bound);
      continue;
    }
    const split = isSplit ? hint.split : chooseSplit(walk, tried);
    if (split === undefined) return undefined;
    const isUnit = 'unit' in split;
    const refresh = isUnit ? isWorthwhile(walk, part, known) : known.isStale && part.depth % levels === 0;
    const node = refresh ? { ...split, ...(isUnit && isSplit && hint.choices?.(part)), refresh } : split;
    walk.prepare(part, node);
    walk.split(part, node);
    nodes.push(node);
    const last = isUnit ? (split.unit as readonly number[])[0] : known.last;
    const isStale = !isUnit || (known.isStale && !refresh);
    // What nearly excludes a part may exclude its halves.
    const [above, below] = isSplit ? [hint.above, hint.below] : [known.number, known.number];
    waiting.push({ number: above, last, isStale }, { number: below, last, isStale });
  }
  return { nodes, bound };
}

const copyOf = (part: Part): Part => ({ ...part, bounds: part.bounds.copy() });

/** Bounds of units behind a split are computed again, if at most this many are undecided: each takes two passes. */
const mostAgain = 200;

/** Whether bounds can get better by the last split, without too much work. */
function isWorthwhile({ prover }: TreeWalk, { bounds }: Part, { last }: Waiting): boolean {
  if (last === undefined) return false;
  const count = undecidedUnits(prover.network, bounds).filter(({ unit }) => unit[0] > last).length;
  return count > 0 && count <= mostAgain;
}

interface Leaf {
  readonly node: Node;
  readonly bound: number;
}

/**
 * The leaf that excludes the part, if one does: by the hint or a row alone; by bounds as they are, or computed again.
 * @param tried a copy of the part; left as its last plain leaf saw it
 */
function leafOf(
  { walk, part, tried, known }: { walk: TreeWalk; part: Part; tried: Part; known: Waiting },
  hint: PartHint | undefined,
): Leaf | undefined {
  const hinted = hint !== undefined && 'leaf' in hint ? hint.leaf(part) : undefined;
  const leaves = [...(hinted === undefined ? [] : [hinted]), ...leavesOf(walk)];
  const refreshes = known.isStale ? [true] : isWorthwhile(walk, part, known) ? [false, true] : [false];
  for (const refresh of refreshes) {
    let isPrepared = false;
    for (const leaf of leaves) {
      const node: Node = refresh ? { ...leaf, refresh } : leaf;
      const isPlain = leaf.multipliers === undefined;
      const own = isPlain ? tried : copyOf(part);
      if (!isPlain || !isPrepared) walk.prepare(own, node);
      isPrepared ||= isPlain;
      const bound = walk.boundOf(own, node);
      if (bound > 0) return { node, bound };
    }
  }
  return undefined;
}
