// Tested by ../../../../../apps/cli/src/e2e/pasted-commands.e2e.test.ts.
import type { ObjectStore } from '@mipnet/object-store';
import { countLeaves, type Solved } from '@mipnet/recursion';
import type { SubproblemRow } from '@mipnet/report';
import { readTraces } from '@mipnet/training';

/** Rows that a page can show. */
const mostRows = 2000;

export interface Subproblems {
  readonly rows: readonly SubproblemRow[];
  readonly leftOff: number;
}

/** Everything below a solved node, depth first, rounds in order; beyond 2000 rows only counted. */
export async function subproblemRows(store: ObjectStore, root: Solved): Promise<Subproblems> {
  const rows: SubproblemRow[] = [];
  let leftOff = 0;
  const below = async (node: Solved, depth: number): Promise<void> => {
    const rounds = await readTraces(store, node);
    for (const { round, parts } of rounds) {
      for (const part of parts) {
        if (part === null) continue;
        // Levels below a part that does not fit any more are not read only to count them.
        if (rows.length >= mostRows) leftOff += Math.max(1, countLeaves(part.leaves));
        else {
          rows.push(rowOf(part, depth, rounds.length > 1 ? `round ${round + 1}: ` : ''));
          await below(part, depth + 1);
        }
      }
    }
  };
  await below(root, 0);
  return { rows, leftOff };
}

function rowOf(
  { name, leaves, objective, bound, seconds, stopped, trace }: Solved,
  depth: number,
  prefix: string,
): SubproblemRow {
  const kinds = (['optimal', 'feasible', 'unresolved', 'failed'] as const).filter((kind) => leaves[kind] > 0);
  const status = trace === undefined ? kinds.join(', ') : kinds.map((kind) => `${leaves[kind]} ${kind}`).join(', ');
  return {
    depth,
    name: `${prefix}${name}`,
    status: `${status}${stopped ? ' (cut short)' : ''}${leaves.reused ? ' (from an earlier run)' : ''}`,
    objective,
    bound,
    seconds: seconds.solver,
  };
}
