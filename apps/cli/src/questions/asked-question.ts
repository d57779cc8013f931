// Tested by ../e2e/verify.e2e.test.ts.
import type { InputColumn } from '@mipnet/dataset/stored';
import type { Network } from '@mipnet/network';
import type { ObjectRef } from '@mipnet/object-store';
import { parseSolverUrl, type DialectName } from '@mipnet/solver/names';
import type { Asked, Goal, Query, VnnlibProperty } from '@mipnet/verification';
import type { RowOptions } from './chosen-rows.js';
import type { NormalisationOptions } from './normalisation.js';
import type { DistanceUnit } from './row-question.js';

export interface QuestionOptions extends RowOptions, NormalisationOptions {
  /** Several distances instead of one: see epsilon-list.ts. */
  readonly epsilons?: string;
  readonly goal: Goal;
  /** File with one weight an input. */
  readonly weights?: string;
  /** Property file, plain or gzip; instead of images. */
  readonly vnnlib?: string;
  /** URL of what solves the MIPs. */
  readonly solver?: string;
}

/** The name of its dialect; undefined: the default. */
export const solverOf = ({ solver }: Pick<QuestionOptions, 'solver'>): DialectName | undefined =>
  solver === undefined ? undefined : parseSolverUrl(solver).name;

/** One question and where its answer goes. */
export interface AskedQuestion {
  /** `image 7`, `row 7` or `property`. */
  readonly name: string;
  readonly image: number | null;
  readonly row: number | null;
  readonly label: number | null;
  readonly original?: Float64Array;
  /** Of a table's row: what its inputs mean. */
  readonly columns?: readonly InputColumn[];
  /** Shape of an image in its data set, which may have rows and columns although the network takes a flat vector. */
  readonly shape?: readonly number[];
  readonly queries: readonly Query[];
  /** Under which its verdict is kept. */
  readonly key: string;
}

export interface Questions {
  readonly list: readonly AskedQuestion[];
  /** Some of them, for a run. */
  about(some: readonly AskedQuestion[]): Asked['questions'];
  /** How far inputs move, and in which unit distances are; absent for a property. */
  readonly reach?: { readonly epsilon: number | string; readonly unit: DistanceUnit };
}

/** What questions are about. */
export interface AskedNetwork {
  readonly network: Network;
  /** Its file. */
  readonly file: string;
  /** Its ONNX model in the store. */
  readonly model: ObjectRef;
  /** What `--vnnlib` names. */
  readonly property?: VnnlibProperty;
}
