// Tested by ../../../../../apps/cli/src/e2e/pasted-commands.e2e.test.ts.
import type { ObjectStore } from '@mipnet/object-store';
import { getCourse } from '@mipnet/activities/leaves';
import { countLeaves, type Solved } from '@mipnet/recursion';
import type { SubproblemRow } from '@mipnet/report';
import { readTraces } from '@mipnet/training';

/** Rows that a page can show. */
const mostRows = 4000;
/** MIPs whose course is read from the store. */
const mostCourses = 200;

export interface Subproblems {
  readonly rows: readonly SubproblemRow[];
  readonly leftOff: number;
}

/**
 * Everything below a solved node, or the node itself if it is one MIP; depth first, rounds in order; beyond 4000 rows
 * only counted.
 * @param began when the run began, milliseconds since 1970
 */
export async function subproblemRows(store: ObjectStore, root: Solved, began: number): Promise<Subproblems> {
  let courses = 0;
  const rows: SubproblemRow[] = [];
  let leftOff = 0;
  const add = async (node: Solved, depth: number, inRound?: string): Promise<void> => {
    const { slot } = node;
    const course = slot && courses < mostCourses ? await getCourse(store, slot) : undefined;
    if (course) courses++;
    const seconds = (time: number): number => Math.max(0, (time - began) / 1000);
    rows.push({
      ...rowOf(node, depth, inRound),
      ...(slot && { solve: { slot: slot.name, from: seconds(slot.from), to: seconds(slot.to) } }),
      ...(course && { course }),
    });
  };
  const below = async (node: Solved, depth: number): Promise<void> => {
    const rounds = await readTraces(store, node);
    for (const { round, parts } of rounds) {
      for (const part of parts) {
        if (part === null) continue;
        // Levels below a part that does not fit any more are not read only to count them.
        if (rows.length >= mostRows) leftOff += Math.max(1, countLeaves(part.leaves));
        else {
          await add(part, depth, rounds.length > 1 ? `round ${round + 1}: ` : undefined);
          await below(part, depth + 1);
        }
      }
    }
  };
  if (root.trace === undefined) await add(root, 0);
  await below(root, 0);
  return { rows, leftOff };
}

function rowOf(
  { name, leaves, objective, bound, seconds, solvers, stopped, trace }: Solved,
  depth: number,
  inRound?: string,
): SubproblemRow {
  const kinds = (['optimal', 'feasible', 'unresolved', 'failed'] as const).filter((kind) => leaves[kind] > 0);
  const bySolver = leaves.bySolver
    ? ` (${trace === undefined ? '' : `${leaves.bySolver} of them `}by ${solvers?.join(', ') ?? 'the solver'} alone)`
    : '';
  const status = kinds
    .map((kind) => (trace === undefined ? kind : `${leaves[kind]} ${kind}`) + (kind === 'optimal' ? bySolver : ''))
    .join(', ');
  return {
    depth,
    // Parts of some splits name their round, counted from 0.
    name: inRound === undefined ? name : `${inRound}${name.replace(/^round \d+, /, '')}`,
    status: `${status}${stopped ? ' (cut short)' : ''}${leaves.reused ? ' (from an earlier run)' : ''}`,
    objective,
    bound,
    seconds: seconds.solver,
  };
}
