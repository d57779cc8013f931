// Tested by ../e2e/plan.e2e.test.ts.
import type { ObjectStore } from '@mipnet/object-store';
import {
  cellsOf,
  readLeafData,
  samplesPerRow,
  sizeOfProblem,
  type LeafGroup,
  type TrainingProblem,
} from '@mipnet/training';

/** Of one MIP. */
export interface MipSize {
  readonly name: string;
  readonly columns: number;
  readonly rows: number;
  readonly nonZeros: number;
  readonly integers: number;
  /** Rows that are not known yet: an upper estimate. */
  readonly estimated: boolean;
}

/**
 * If there are many leaves, only those with the most samples and inputs are measured, because that reads their rows.
 */
const sizedAtMost = 100;

/** The smallest model first: leaves with equally many samples differ in the inputs that are not always zero. */
export async function sizesOf(
  store: ObjectStore,
  problems: readonly TrainingProblem[],
): Promise<readonly { readonly problem: TrainingProblem; readonly size: MipSize }[]> {
  const sized: { problem: TrainingProblem; size: MipSize }[] = [];
  for (const problem of [...problems].sort((a, b) => cellsOf(b) - cellsOf(a)).slice(0, sizedAtMost))
    sized.push({ problem, size: await sizeOf(store, problem) });
  return sized.sort((a, b) => a.size.nonZeros - b.size.nonZeros);
}

export async function sizeOf(store: ObjectStore, problem: TrainingProblem): Promise<MipSize> {
  return { name: problem.name, ...sizeOfProblem(problem, await readLeafData(store, problem)), estimated: false };
}

/** A MIP with unknown rows: one row with all inputs per sample. */
export function guessOf({ largest: { problem, cells } }: LeafGroup): MipSize {
  const samples = problem.view.rows.length * samplesPerRow(problem.view);
  const inputs = Math.round(cells / samples);
  return {
    name: problem.name,
    columns: 2 * inputs + samples + 1,
    rows: samples + 2 * inputs,
    nonZeros: cells + 2 * samples + 4 * inputs,
    integers: inputs,
    estimated: true,
  };
}
