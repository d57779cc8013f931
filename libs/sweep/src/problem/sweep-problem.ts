// Tested by ../tree/divide-and-merge.unit.test.ts.
import { getDocument, putDocument, type ObjectRef, type ObjectStore } from '@mipnet/object-store';
import type { Budget, ProblemNode } from '@mipnet/recursion';
import type { Plan } from '@mipnet/training';
import type { Combination } from '../spec/settings.js';

/** Repeats with the same test rows: one choice is made for each division of the data. */
export interface Division {
  /** What distinguishes it: `splitSeed=3`; empty if there is one only. */
  readonly name: string;
}

export interface Repeat extends Combination {
  /** Position in `divisions`. */
  readonly division: number;
}

/** How earlier rounds are made cheaper. */
export interface Rungs {
  /** A rung has less of this. */
  readonly by: 'rows' | 'limits';
  /** A rung keeps one of so many settings, and the next one has so many times as much. */
  readonly factor: number;
  /** Fraction of each rung, ascending; the last one is 1. */
  readonly scales: readonly number[];
}

/** The root of a sweep. */
export interface SweepProblem {
  readonly name: string;
  readonly settings: readonly Combination[];
  readonly repeats: readonly Repeat[];
  readonly divisions: readonly Division[];
  /** Of each setting and repeat: its `Cell`. */
  readonly cells: readonly (readonly ObjectRef[])[];
  /** Of a cross-validation; 0: validation rows decide. */
  readonly folds: number;
  readonly rungs: Rungs;
  /** Whether the best setting is trained on all training rows at the end. */
  readonly final: boolean;
  readonly seed: number;
}

/** A setting with a repeat: what `train` would make of its plan. */
export interface Cell {
  /** The training that is judged: on its validation rows, or in folds of its training rows. */
  readonly search: ObjectRef;
  /** The training of the last round, on all training rows. */
  readonly final: ObjectRef;
  /** The last round trains the same network as the last rung, which is therefore taken. */
  readonly searchIsFinal: boolean;
  /** Of both problems' nodes. */
  readonly node: Pick<ProblemNode, 'splits' | 'solver'>;
  readonly budget?: Budget;
  /** The plan of the last round, and the metadata of its network's file. */
  readonly plan: Plan;
  readonly origin: Readonly<Record<string, string>>;
}

/** One training of a rung. */
export interface RungRun {
  readonly setting: number;
  readonly repeat: number;
  /** Of a cross-validation, from 0. */
  readonly fold: number | null;
  /** Accuracy on the rows that judge it; null without a result. */
  readonly validation: number | null;
}

export interface RungResult {
  readonly scale: number;
  /** In the order of division. */
  readonly runs: readonly RungRun[];
  /** False after a stop: trainings are missing. */
  readonly complete: boolean;
  /** Of each division: the settings that continue, best first. */
  readonly kept: readonly (readonly number[])[];
}

export interface FinalRun {
  readonly setting: number;
  readonly repeat: number;
  /** Its network; absent if its training failed or was stopped. */
  readonly incumbent?: ObjectRef;
  readonly stopped: boolean;
}

/** What a sweep has found after its rounds so far. No times: the same sweep has the same bytes. */
export interface SweepResult {
  readonly rungs: readonly RungResult[];
  /** Of each division: the best setting, null if all settings failed. Empty before the end of the last rung. */
  readonly chosen: readonly (number | null)[];
  readonly finals: readonly FinalRun[];
}

const prefix = 'sweeps';
export const putSweep = (store: ObjectStore, problem: SweepProblem): Promise<ObjectRef> =>
  putDocument(store, prefix, problem);
export const getSweep = (store: ObjectStore, ref: ObjectRef): Promise<SweepProblem> =>
  getDocument<SweepProblem>(store, ref);
export const putCell = (store: ObjectStore, cell: Cell): Promise<ObjectRef> => putDocument(store, prefix, cell);
export const getCell = (store: ObjectStore, ref: ObjectRef): Promise<Cell> => getDocument<Cell>(store, ref);
export const putResult = (store: ObjectStore, result: SweepResult): Promise<ObjectRef> =>
  putDocument(store, prefix, result);
export const getResult = (store: ObjectStore, ref: ObjectRef): Promise<SweepResult> =>
  getDocument<SweepResult>(store, ref);

/** The node of a sweep's root. Its trainings are runs of their own: one that fails is left out. */
export async function putSweepNode(store: ObjectStore, problem: SweepProblem, solver?: string): Promise<ProblemNode> {
  return {
    kind: 'sweep',
    name: problem.name,
    problem: await putSweep(store, problem),
    splits: ['settings'],
    partsMayFail: true,
    ...(solver === undefined ? {} : { solver }),
  };
}
