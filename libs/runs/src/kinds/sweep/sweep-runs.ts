// Tested by ../../../../../apps/cli/src/e2e/sweep.e2e.test.ts.
import { nonZeroCount } from '@mipnet/network';
import type { ObjectStore } from '@mipnet/object-store';
import { countLeaves, relativeGap, type Solved } from '@mipnet/recursion';
import type { SweepResult } from '@mipnet/sweep';
import { getIncumbent, readTraces } from '@mipnet/training';

/** One training of a sweep. */
export interface SweepRun {
  readonly setting: number;
  readonly repeat: number;
  /** Of a cross-validation, from 1. */
  readonly fold: number | null;
  /** From 1. */
  readonly round: number;
  /** On the rows that judge it; null if it failed or was stopped. */
  readonly validation: number | null;
  readonly train: number | null;
  readonly objective: number | null;
  /** Set if the objective is that of some parts only. */
  readonly isPartial: boolean;
  readonly bound: number | null;
  readonly gap: number | null;
  /** Weights and biases of its network; null without one. */
  readonly nonZero: number | null;
  readonly seconds: { readonly solver: number; readonly merge: number };
  readonly subproblems: { readonly total: number; readonly failed: number; readonly reused: number };
}

/** So many networks are read from the store at once. */
const atOnce = 16;

/** Every training of the rungs, from the traces of the rounds. */
export async function sweepRuns(store: ObjectStore, solved: Solved, result: SweepResult): Promise<readonly SweepRun[]> {
  const traces = await readTraces(store, solved);
  const found = result.rungs.flatMap(({ runs }, rung) =>
    runs.map((run, at) => ({ ...run, rung, part: traces[rung]?.parts[at] ?? null })),
  );
  const runs: SweepRun[] = [];
  for (let from = 0; from < found.length; from += atOnce)
    runs.push(...(await Promise.all(found.slice(from, from + atOnce).map((each) => runOf(store, each)))));
  return runs;
}

interface Found {
  readonly setting: number;
  readonly repeat: number;
  readonly fold: number | null;
  readonly validation: number | null;
  readonly rung: number;
  readonly part: Solved | null;
}

async function runOf(store: ObjectStore, { part, rung, fold, ...run }: Found): Promise<SweepRun> {
  return {
    ...run,
    fold: fold === null ? null : fold + 1,
    round: rung + 1,
    train: part?.accuracy.train ?? null,
    ...figuresOf(part),
    nonZero: part?.incumbent ? nonZeroCount((await getIncumbent(store, part.incumbent)).network) : null,
  };
}

/** What a result says of a training. */
export const figuresOf = (
  part: Solved | null | undefined,
): Pick<SweepRun, 'objective' | 'isPartial' | 'bound' | 'gap' | 'seconds' | 'subproblems'> => ({
  objective: part?.objective ?? null,
  isPartial: part?.covers !== undefined,
  bound: part?.bound ?? null,
  gap: part ? relativeGap(part.objective, part.bound) : null,
  seconds: part?.seconds ?? { solver: 0, merge: 0 },
  subproblems: {
    total: part ? countLeaves(part.leaves) : 0,
    failed: part?.leaves.failed ?? 0,
    reused: part?.leaves.reused ?? 0,
  },
});
