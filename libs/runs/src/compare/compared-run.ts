// Tested by compared-run.unit.test.ts.
import type { ObjectStore } from '@mipnet/object-store';
import { countLeaves, countQuestionsIn, relativeGap } from '@mipnet/recursion';
import type { ComparedRun } from '@mipnet/report';
import { isSweep } from '../kinds/sweep/sweep-asked.js';
import type { SweepReport } from '../kinds/sweep/sweep-report.js';
import { roundPoints } from '../kinds/training/round-points.js';
import { isTraining } from '../kinds/training/train-asked.js';
import type { TrainReport } from '../kinds/training/train-report.js';
import type { VerifyAsked } from '../kinds/verification/verify-asked.js';
import { endOf, type Asked, type EndedRun } from '../records/run-request.js';

/** A run that has ended, as a comparison needs it. @param report what its kind collected */
export async function comparedRun(
  store: ObjectStore,
  { request: { run, asked, startedAt }, solved, endedAt }: EndedRun,
  report: object | undefined,
): Promise<ComparedRun> {
  const { objective, bound, covers, accuracy, leaves, seconds, verdicts } = solved;
  const training = isTraining(asked) ? (report as Partial<TrainReport> | undefined) : undefined;
  const swept = isSweep(asked) ? (report as Partial<SweepReport> | undefined) : undefined;
  const questions = verdicts ? countQuestionsIn(verdicts) : 0;
  return {
    run,
    kind: asked.kind,
    status: endOf(solved, endedAt).status,
    settings: settingsOf(asked),
    test: training?.accuracy?.test ?? swept?.final?.test?.mean ?? null,
    validation: training?.accuracy?.validation ?? accuracy.validation,
    train: training?.accuracy?.train ?? accuracy.train,
    objective: covers ? null : objective,
    bound: covers ? null : bound,
    gap: covers ? null : relativeGap(objective, bound),
    nonZero: training?.network?.nonZero ?? null,
    certified: verdicts && questions > 0 ? verdicts.robust / questions : null,
    mips: countLeaves(leaves),
    seconds: { wall: (Date.parse(endedAt) - Date.parse(startedAt)) / 1000, solver: seconds.solver },
    rounds: isTraining(asked) ? await roundPoints(store, solved, Date.parse(startedAt)) : [],
  };
}

/** Everything that was asked for, as keys and texts: `solver.workLimit` -> `2000`. */
export function settingsOf(asked: Asked): Readonly<Record<string, string>> {
  // A plan's name says nothing about what it does.
  if (isTraining(asked)) return flat({ ...asked.plan, name: undefined });
  if (isSweep(asked)) return flat({ ...asked, reading: undefined, dataFolder: undefined });
  return Object.fromEntries((asked as VerifyAsked).facts);
}

/** Nested keys joined by dots; lists count from 0. */
function flat(value: unknown, prefix = ''): Record<string, string> {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null) return { [prefix]: String(value) };
  const entries = Object.entries(value).map(([key, inner]) => flat(inner, prefix === '' ? key : `${prefix}.${key}`));
  return Object.assign({}, ...entries) as Record<string, string>;
}
