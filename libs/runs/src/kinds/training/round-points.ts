// Tested by ../../../../../apps/cli/src/e2e/pasted-commands.e2e.test.ts.
import type { ObjectStore } from '@mipnet/object-store';
import type { Solved } from '@mipnet/recursion';
import type { RoundPoint } from '@mipnet/report';
import { readTraces } from '@mipnet/training';

/**
 * The rounds of a run's root, with the time when the last MIP of each ended.
 * @param began milliseconds since 1970
 */
export async function roundPoints(store: ObjectStore, root: Solved, began: number): Promise<readonly RoundPoint[]> {
  const traces = await readTraces(store, root);
  const points: RoundPoint[] = [];
  for (const { round, objective, bound, accuracy, parts } of traces) {
    // The rounds that build hidden layers have objectives of their own, and no accuracy.
    if (accuracy.train === null) continue;
    const ends = await Promise.all(parts.map((part) => (part === null ? null : lastEnd(store, part))));
    const known = ends.filter((end) => end !== null);
    const seconds = known.length === 0 ? null : (Math.max(...known) - began) / 1000;
    points.push({ round, objective, bound, ...accuracy, seconds });
  }
  return points;
}

/** When the last MIP below a node ended, milliseconds since 1970: of a divided node, in its last round. */
async function lastEnd(store: ObjectStore, node: Solved): Promise<number | null> {
  if (node.slot) return node.slot.to;
  const last = (await readTraces(store, node)).at(-1);
  const ends = await Promise.all((last?.parts ?? []).map((part) => (part === null ? null : lastEnd(store, part))));
  const known = ends.filter((end) => end !== null);
  return known.length === 0 ? null : Math.max(...known);
}
