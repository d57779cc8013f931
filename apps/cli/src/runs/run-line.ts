import { countLeaves, type Accuracy } from '@mipnet/recursion';
import { relativeGap } from '@mipnet/workflows';
import { durationText } from '../terminal/progress-display.js';
import type { KnownRun, RunStatus } from './run-book.js';

/** What `runs --json` says of a run: part of the command's contract. */
export interface RunLine {
  readonly run: string;
  readonly workflowId: string | null;
  readonly kind: string;
  readonly status: RunStatus;
  readonly plan: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly subproblems: { readonly solved: number; readonly total: number } | null;
  readonly accuracy: Accuracy & { readonly test: number | null };
  readonly objective: number | null;
  readonly bound: number | null;
  readonly gap: number | null;
  readonly file: string | null;
  readonly uiUrl: string | null;
}

export function lineOf({ run, kind, engine, status, request, startedAt, endedAt, server, end, progress }: KnownRun): RunLine {
  const { solved, report } = end ?? {};
  const { objective, bound, accuracy } = progress ?? solved ?? { objective: null, bound: null, accuracy: { train: null, validation: null } };
  const leaves = solved && countLeaves(solved.leaves);
  return {
    run, workflowId: engine === 'temporal' ? run : null, kind, status, plan: request?.asked.kind === 'train' ? request.asked.plan.name : (request?.node.name ?? null), startedAt, endedAt,
    subproblems: progress ? { solved: progress.solved, total: progress.total } : leaves === undefined ? null : { solved: leaves, total: leaves },
    accuracy: { train: accuracy.train, validation: accuracy.validation, test: report?.accuracy.test ?? null },
    objective, bound, gap: relativeGap(objective, bound),
    file: report?.network.file ?? null,
    // The UI of a server that went away with its run is nowhere.
    uiUrl: server?.uiUrlOf(run) ?? null,
  };
}

/** Runs as a table for a terminal. @param now milliseconds since 1970 */
export function tableOf(lines: readonly RunLine[], now: number): string {
  const percent = (share: number | null): string => (share === null ? '' : `${(100 * share).toFixed(1)}%`);
  const rows = lines.map(({ run, status, plan, subproblems, accuracy, startedAt }) => [
    run, status, plan ?? '', subproblems ? `${subproblems.solved}/${subproblems.total}` : '',
    accuracy.test === null ? percent(accuracy.validation) : `${percent(accuracy.test)} test`,
    `${durationText((now - Date.parse(startedAt)) / 1000)} ago`,
  ]);
  const table = [['RUN', 'STATUS', 'PLAN', 'MIPS', 'ACCURACY', 'STARTED'], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  return `${table.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd()).join('\n')}\n`;
}
