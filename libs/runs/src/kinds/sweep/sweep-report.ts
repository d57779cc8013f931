// Tested by sweep-report.unit.test.ts.
import type { BudgetName, FailedLeaf } from '@mipnet/recursion';
import { countLeaves } from '@mipnet/recursion';
import { spreadOf, type Rungs, type Spread, type SweepProblem, type SweepResult } from '@mipnet/sweep';
import type { EndedRun } from '../../records/run-request.js';
import type { FinalNetwork } from './final-networks.js';
import type { SweepAsked } from './sweep-asked.js';
import type { SweepRun } from './sweep-runs.js';

/** A setting, over its trainings in the last round that it reached. */
export interface SettingReport {
  readonly name: string;
  /** Key of the plan -> value, as text. */
  readonly values: Readonly<Record<string, string>>;
  /** The last rung that it was trained in, from 1. */
  readonly round: number;
  /** In how many divisions of the data it is the best. */
  readonly chosen: number;
  /** Accuracy on the rows that judge it, over repeats and folds; null if a training has no result. */
  readonly validation: Spread | null;
  readonly train: Spread | null;
  readonly objective: Spread | null;
  readonly bound: Spread | null;
  readonly gap: Spread | null;
  readonly nonZero: Spread | null;
  /** Of solvers, per training. */
  readonly seconds: Spread | null;
  /** Trainings without a result, of those of this round. */
  readonly failed: number;
  readonly trainings: number;
}

/** What `sweep --json` prints: part of the command's contract. */
export interface SweepReport {
  readonly run: string;
  readonly workflowId: string | null;
  readonly name: string;
  readonly keys: readonly string[];
  readonly repeated: readonly string[];
  readonly repeats: readonly {
    readonly name: string;
    readonly values: Readonly<Record<string, string>>;
    readonly division: string;
  }[];
  /** Of a cross-validation; null: validation rows decide. */
  readonly folds: number | null;
  readonly halving: Rungs;
  /** In the order of the sweep. */
  readonly settings: readonly SettingReport[];
  /** Every training of the rungs; settings and repeats by position. */
  readonly runs: readonly SweepRun[];
  /** Of each division; empty before the last rung. */
  readonly chosen: readonly {
    readonly division: string;
    readonly setting: number | null;
    readonly name: string | null;
  }[];
  /** null if there was no last round. */
  readonly final: {
    /** Accuracy on the test rows, over the networks. */
    readonly test: Spread | null;
    readonly networks: readonly FinalNetwork[];
  } | null;
  readonly subproblems: {
    readonly total: number;
    readonly failed: number;
    readonly reused: number;
    readonly unfinished: number;
  };
  readonly failures: readonly FailedLeaf[];
  readonly seconds: { readonly wall: number; readonly solver: number; readonly merge: number };
  readonly reading: readonly string[];
  readonly uiUrl: string | null;
  readonly endedBy: BudgetName | null;
}

export interface Found {
  readonly sweep: SweepProblem;
  readonly result: SweepResult;
  readonly runs: readonly SweepRun[];
  readonly networks: readonly FinalNetwork[];
}

export function sweepReport(
  { request, server, uiUrl, solved, endedAt }: EndedRun<SweepAsked>,
  { sweep, result, runs, networks }: Found,
): SweepReport {
  const { asked } = request;
  const divisionOf = (division: number): string => sweep.divisions[division].name;
  const { leaves } = solved;
  // A study compares, and chooses nothing.
  const best = sweep.final ? result.chosen : [];
  return {
    run: request.run,
    workflowId: server === null ? null : request.run,
    name: sweep.name,
    keys: asked.keys,
    repeated: asked.repeated,
    repeats: sweep.repeats.map(({ name, values, division }) => ({ name, values, division: divisionOf(division) })),
    folds: sweep.folds === 0 ? null : sweep.folds,
    halving: sweep.rungs,
    settings: sweep.settings.map((setting, at) => ({
      ...setting,
      chosen: best.filter((chosen) => chosen === at).length,
      ...settingFigures(runs.filter((run) => run.setting === at)),
    })),
    runs,
    chosen: best.map((setting, division) => ({
      division: divisionOf(division),
      setting,
      name: setting === null ? null : sweep.settings[setting].name,
    })),
    final: sweep.final ? { test: spreadOf(known(networks.map(({ accuracy }) => accuracy.test))), networks } : null,
    subproblems: {
      total: countLeaves(leaves) + (leaves.unfinished ?? 0),
      failed: leaves.failed,
      reused: leaves.reused ?? 0,
      unfinished: leaves.unfinished ?? 0,
    },
    failures: solved.failures ?? [],
    seconds: { wall: (Date.parse(endedAt) - Date.parse(request.startedAt)) / 1000, ...solved.seconds },
    reading: asked.reading ?? [],
    uiUrl,
    endedBy: solved.endedBy ?? null,
  };
}

const known = (figures: readonly (number | null)[]): number[] => figures.filter((figure) => figure !== null);

/** Figures that a part of the trainings lacks are no figures of the setting. */
const ofAll = (figures: readonly (number | null)[]): Spread | null =>
  figures.every((figure) => figure !== null) ? spreadOf(known(figures)) : null;

function settingFigures(all: readonly SweepRun[]): Omit<SettingReport, 'name' | 'values' | 'chosen'> {
  const round = Math.max(0, ...all.map((run) => run.round));
  const runs = all.filter((run) => run.round === round);
  const isWhole = runs.every(({ isPartial }) => !isPartial);
  const over = (pick: (run: SweepRun) => number | null): Spread | null => ofAll(runs.map(pick));
  return {
    round,
    validation: over(({ validation }) => validation),
    train: over(({ train }) => train),
    objective: isWhole ? over(({ objective }) => objective) : null,
    bound: isWhole ? over(({ bound }) => bound) : null,
    gap: isWhole ? over(({ gap }) => gap) : null,
    nonZero: over(({ nonZero }) => nonZero),
    seconds: over(({ seconds }) => seconds.solver),
    failed: runs.filter(({ validation }) => validation === null).length,
    trainings: runs.length,
  };
}
