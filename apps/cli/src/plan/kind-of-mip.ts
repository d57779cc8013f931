// Tested by ../e2e/plan.e2e.test.ts.
import type { ObjectStore } from '@mipnet/object-store';
import { cellsOf, withRandomFrozenLayers, type LeafGroup } from '@mipnet/training';
import { secondsOf, type Measured } from './measure-mip.js';
import { guessOf, sizeOf, sizesOf, type MipSize } from './mip-size.js';

type SecondsAre = Measured | `${Measured}, behind random weights` | 'unknown';

/** Leaves of a tree that are alike. */
export interface KindOfMip {
  readonly path: string;
  readonly count: number;
  readonly estimated: number;
  /** How many of them belong to rounds that a run may skip. */
  readonly optional: number;
  readonly typical: MipSize | null;
  readonly largest: MipSize;
  /** Of a typical one; null if none was measured. */
  readonly secondsEach: number | null;
  readonly secondsAre: SecondsAre;
  readonly solverSeconds: number | null;
  /** The part of `solverSeconds` that no run can skip. */
  readonly certainSeconds: number | null;
}

/**
 * Computes the sizes of the MIPs of a group and measures one of them.
 * @param sampleSeconds longest time to solve it; 0 measures nothing
 */
export async function kindOfMip(store: ObjectStore, group: LeafGroup, sampleSeconds: number): Promise<KindOfMip> {
  const sized = await sizesOf(store, group.known);
  const known = sized[sized.length >> 1];
  const problem = known?.problem ?? (await withRandomFrozenLayers(store, group.largest.problem, group.frozen));
  // The leaves of columns differ too much for one to stand for the others.
  const isAlike = problem.columns === undefined;
  const measured = sampleSeconds > 0 && isAlike ? await secondsOf(store, problem, sampleSeconds) : undefined;
  const how = measured && (known ? measured.how : (`${measured.how}, behind random weights` as const));
  const largest = !known
    ? { ...(await sizeOf(store, problem)), estimated: true }
    : group.known.includes(group.largest.problem)
      ? sized.at(-1)!.size
      : guessOf(group);
  const perCell = (measured?.seconds ?? 0) / (known ? cellsOf(known.problem) : group.largest.cells);
  return {
    path: group.path,
    count: group.count,
    estimated: group.estimated,
    optional: group.optional,
    typical: known?.size ?? null,
    largest,
    ...(measured && how
      ? {
          secondsEach: measured.seconds,
          secondsAre: how,
          solverSeconds: perCell * group.cells,
          certainSeconds: perCell * group.certainCells,
        }
      : { secondsEach: null, secondsAre: 'unknown', solverSeconds: null, certainSeconds: null }),
  };
}

/** The sample time ended before the MIP did, and no limit says when the MIP ends. */
export const isLowerBound = ({ secondsAre }: Pick<KindOfMip, 'secondsAre'>): boolean =>
  secondsAre.startsWith('a lower bound');
