// Tested by simulate.unit.test.ts.
import { aligned } from './table.js';
import { scenarioOf, type Samples, type Scenario } from './scenario.js';
import { simulate } from './simulate.js';

/** A kind of run, and its name for people. */
export interface Shape {
  readonly name: string;
  readonly samples: Samples;
}

/** Below this busy share a larger pool is hardly used. */
const halfUsed = 0.5;

/**
 * A Markdown table: for each kind of run, the share of the time in which slots solve, on pools of a fixed size.
 *
 * All workers are there from the beginning. Each cell also says what slots wait for most (`solvers`: nothing).
 *
 * The last row says where each kind ends: the largest pool of which half is used.
 * @param leaves of shapes without rounds
 */
export async function busyTable(
  shapes: readonly Shape[],
  workers: readonly number[],
  leaves: number,
  changes: Partial<Scenario>,
): Promise<string> {
  const last = shapes.map(() => '-');
  const rows: string[][] = [];
  for (const count of workers) {
    const row = [String(count)];
    for (const [at, { samples }] of shapes.entries()) {
      const scenario = scenarioOf(count, samples.rounds?.parts ?? leaves, { startDelay: 0, ...changes });
      const scaling = { ...scenario.scaling, min: count, max: count };
      const { work, makespan, bottleneck } = await simulate({ ...scenario, scaling }, samples);
      const share = work / (makespan * count * scaling.slotsPerWorker);
      if (share >= halfUsed) last[at] = String(count);
      row.push(`${(100 * share).toFixed(share < 0.1 ? 1 : 0)}%, ${(work / makespan).toFixed(1)} times, ${bottleneck}`);
    }
    rows.push(row);
  }
  rows.push(['half used up to', ...last]);
  return aligned([['workers', ...shapes.map(({ name }) => name)], ...rows]);
}
