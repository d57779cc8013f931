// Tested by certificate.unit.test.ts.
import { TreeWalk, type Bounds, type Node, type Part, type Prover, type Row } from '@mipnet/checker';
import { chooseSplit } from './choose-split.js';
import type { Hints, PartHint } from './search-hints.js';

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
  const parts: (number | undefined)[] = [0];
  while (!walk.isDone) {
    // For a Ctrl-C.
    if (nodes.length % 256 === 255) await new Promise((resolve) => setImmediate(resolve));
    if (nodes.length >= most || stopped?.()) return undefined;
    const part = walk.next();
    const number = parts.pop();
    const known = number === undefined ? undefined : hints?.at(number, walk);
    // Only what the nodes say happens to the part itself.
    const tried = { ...part, bounds: part.bounds.copy() };
    const leaf = known !== undefined && 'split' in known ? undefined : leafOf(walk, tried, known);
    if (leaf !== undefined) {
      nodes.push(leaf.node);
      bound = Math.min(bound, leaf.bound);
      continue;
    }
    const isKnown = known !== undefined && 'split' in known;
    const split = isKnown ? known.split : chooseSplit(walk, tried, rows);
    if (split === undefined) return undefined;
    // What nearly excludes a part may exclude its halves.
    parts.push(...(isKnown ? [known.above, known.below] : [number, number]));
    const node = withRefresh(walk, part, split, isKnown ? known.choices : undefined);
    walk.prepare(part, node);
    walk.split(part, node);
    nodes.push(node);
  }
  return { nodes, bound };
}

/** Bounds of units behind a split are computed again, if at most this many are undecided: each takes two passes. */
const mostAgain = 200;

/** Whether bounds can get better by the last split, without too much work. */
function isWorthwhile(walk: TreeWalk, { sides, bounds }: Part): boolean {
  const last = sides.at(-1)?.position;
  let count = 0;
  for (const { unit, position } of walk.undecided({ bounds }))
    if (unit[0] > 0 && last !== undefined && position - unit[1] > last) count++;
  return count > 0 && count <= mostAgain;
}

/** A split below a split by a unit; after a split by an input, the checker computes bounds again by itself. */
const withRefresh = (walk: TreeWalk, part: Part, node: Node, choices?: (part: Part) => Node): Node =>
  'unit' in node && isWorthwhile(walk, part) ? { ...node, refresh: choices?.(part) ?? {} } : node;

interface Leaf {
  readonly node: Node;
  readonly bound: number;
}

/** The leaf that excludes the part, if one does: by the hint, by bounds as they are, or by bounds computed again. */
function leafOf(walk: TreeWalk, part: Part, hint: PartHint | undefined): Leaf | undefined {
  const wasStale = part.isStale;
  walk.prepare(part, {});
  const known = hint !== undefined && 'leaf' in hint ? hint.leaf(part) : undefined;
  const tries = (more: Node): Leaf | undefined => {
    const nodes = walk.rows.map((_, row): Node => ({ row, ...more }));
    if (known !== undefined) nodes.unshift({ ...known, ...more });
    for (const node of nodes) {
      const bound = walk.boundOf(part, node);
      if (bound > 0) return { node, bound };
    }
    return undefined;
  };
  const found = tries({});
  if (found !== undefined || wasStale || !isWorthwhile(walk, part)) return found;
  const { slopes, multipliers } = known ?? {};
  const refresh = { slopes, multipliers };
  walk.prepare(part, { refresh });
  return tries({ refresh });
}
