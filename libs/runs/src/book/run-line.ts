import {
  countLeaves,
  coversText,
  type Accuracy,
  type Covers,
  type VerdictCounts,
  relativeGap,
} from '@mipnet/recursion';
import { durationText, plainLine } from '@mipnet/text';
import { kindOf } from '../kinds/kinds.js';
import type { KnownRun, RunStatus } from './known-run.js';

/** A run in `runs --json`: part of the command's contract. */
export interface RunLine {
  readonly run: string;
  readonly workflowId: string | null;
  readonly kind: string;
  readonly status: RunStatus;
  readonly plan: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly subproblems: { readonly solved: number; readonly total: number } | null;
  /** Of a verification: how many questions it asks, and the verdicts so far; null for a training. */
  readonly questions: number | null;
  readonly verdicts: VerdictCounts | null;
  readonly accuracy: Accuracy & { readonly test: number | null };
  readonly objective: number | null;
  /** What the objective covers if parts are missing; null: the whole problem. */
  readonly covers: Covers | null;
  readonly bound: number | null;
  readonly gap: number | null;
  readonly file: string | null;
  readonly uiUrl: string | null;
  /** What the run waits for, for example a solver worker; null if a worker works on it. */
  readonly waitsFor: string | null;
}

export function lineOf({
  run,
  kind,
  engine,
  status,
  request,
  startedAt,
  endedAt,
  server,
  end,
  progress,
  waitsFor,
}: KnownRun): RunLine {
  const { solved, report } = end ?? {};
  const { test, file } = kind.figuresOf(report);
  const { objective, covers, bound, accuracy } = progress ??
    solved ?? { objective: null, covers: undefined, bound: null, accuracy: { train: null, validation: null } };
  const leaves = solved && countLeaves(solved.leaves);
  return {
    run,
    workflowId: engine === 'temporal' ? run : null,
    kind: kind.name,
    status,
    plan: request === undefined ? null : kind.planOf(request),
    startedAt,
    endedAt,
    subproblems: progress
      ? { solved: progress.solved, total: progress.total }
      : leaves === undefined
        ? null
        : { solved: leaves, total: leaves + (solved?.leaves.unfinished ?? 0) },
    questions: request?.node.questions ?? progress?.questions ?? null,
    verdicts: (progress ?? solved)?.verdicts ?? null,
    accuracy: { train: accuracy.train, validation: accuracy.validation, test },
    objective,
    covers: covers ?? null,
    bound,
    gap: relativeGap(objective, bound),
    file,
    // A server that ended with its run has no UI any more.
    uiUrl: server?.uiUrlOf(run) ?? null,
    waitsFor: waitsFor ?? null,
  };
}

/** Runs as a table for a terminal. @param now milliseconds since 1970 */
export function tableOf(lines: readonly RunLine[], now: number): string {
  const ofCovered = ({ covers }: RunLine): string => (covers ? ` (${coversText(covers)})` : '');
  const percent = (share: number | null): string => (share === null ? '' : `${(100 * share).toFixed(1)}%`);
  const rows = lines.map((line) =>
    [
      line.run,
      line.status,
      line.plan ?? '',
      kindOf(line.kind, line.run).doneText(line),
      `${percent(line.accuracy.validation)}${line.accuracy.validation === null ? '' : ofCovered(line)}`,
      percent(line.accuracy.test),
      `${durationText((now - Date.parse(line.startedAt)) / 1000)} ago`,
    ].map(plainLine),
  );
  const table = [['RUN', 'STATUS', 'PLAN', 'DONE', 'VALIDATION', 'TEST', 'STARTED'], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  return `${table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')}\n`;
}
