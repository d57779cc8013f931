import {
  countLeaves,
  coversText,
  type Accuracy,
  type Covers,
  type VerdictCounts,
  relativeGap,
} from '@mipnet/recursion';
import { durationText, plainLine } from '@mipnet/text';
import { stringify } from 'csv-stringify/sync';
import { kindOf } from '../kinds/kinds.js';
import type { KnownRun, RunStatus } from './known-run.js';

/** A run in `runs --json`: part of the command's contract. */
export interface RunLine {
  /** Id of the run. */
  readonly run: string;
  readonly workflowId: string | null;
  /** train, verify or sweep. */
  readonly kind: string;
  readonly status: RunStatus;
  /** Name of the plan. */
  readonly plan: string | null;
  /** Dates are in ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly subproblems: { readonly solved: number; readonly total: number } | null;
  /** Of a verification: how many questions it asks, and the verdicts so far; null for a training. */
  readonly questions: number | null;
  readonly verdicts: VerdictCounts | null;
  /** Fractions of the rows, 0..1; test is known after a command has collected the network. */
  readonly accuracy: Accuracy & { readonly test: number | null };
  readonly objective: number | null;
  /** What the objective covers if parts are missing; null: the whole problem. */
  readonly covers: Covers | null;
  /** Proven lower bound of the objective; null if there is none of the whole. */
  readonly bound: number | null;
  readonly gap: number | null;
  /** The network file, if a command has written it on this machine. */
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
  record,
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
    uiUrl: server?.uiUrlOf(run) ?? (record?.server?.kind === 'own' ? null : (pageIn(report) ?? null)),
    waitsFor: waitsFor ?? null,
  };
}

/** The page that a command noted when it collected the result of a run. */
const pageIn = (report: object | undefined): string | null | undefined =>
  (report as { readonly uiUrl?: string | null } | undefined)?.uiUrl;

/** Columns that a narrow terminal does without, in this order: the id begins with the plan's name. */
const leftOut = ['PLAN', 'STARTED', 'TIME', 'GAP'];

/**
 * Runs as a table for a terminal.
 * @param now milliseconds since 1970
 * @param columns of the terminal
 */
export function tableOf(lines: readonly RunLine[], now: number, columns = Infinity): string {
  const ofCovered = ({ covers }: RunLine): string => (covers ? ` (${coversText(covers)})` : '');
  const percent = (share: number | null): string => (share === null ? '' : `${(100 * share).toFixed(1)}%`);
  const table: readonly (readonly [string, (line: RunLine) => string])[] = [
    ['RUN', ({ run }) => run],
    ['STATUS', ({ status }) => status],
    ['PLAN', ({ plan }) => plan ?? ''],
    ['DONE', (line) => kindOf(line.kind, line.run).doneText(line)],
    ['GAP', ({ gap }) => percent(gap)],
    [
      'VALIDATION',
      (line) => `${percent(line.accuracy.validation)}${line.accuracy.validation === null ? '' : ofCovered(line)}`,
    ],
    ['TEST', ({ accuracy }) => percent(accuracy.test)],
    ['TIME', (line) => durationText(secondsOf(line, now))],
    ['STARTED', ({ startedAt }) => `${durationText((now - Date.parse(startedAt)) / 1000)} ago`],
  ];
  const shown = table.map(([title, cellOf]) => {
    const cells = [title, ...lines.map((line) => plainLine(cellOf(line)))];
    return { title, cells, width: Math.max(...cells.map(({ length }) => length)) };
  });
  const width = (): number => shown.reduce((sum, column) => sum + column.width + 2, -2);
  for (const title of leftOut) {
    const at = shown.findIndex((column) => column.title === title);
    if (width() > columns) shown.splice(at, 1);
  }
  return `${['', ...lines]
    .map((_, row) =>
      shown
        .map(({ cells, width: most }) => cells[row].padEnd(most))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')}\n`;
}

/** How long a run has taken, or takes so far. */
const secondsOf = ({ startedAt, endedAt }: RunLine, now: number): number =>
  ((endedAt === null ? now : Date.parse(endedAt)) - Date.parse(startedAt)) / 1000;

/** The same with every figure in full, for a spreadsheet. @param now milliseconds since 1970 */
export function csvOf(lines: readonly RunLine[], now: number): string {
  const rows = lines.map((line) => ({
    run: line.run,
    kind: line.kind,
    status: line.status,
    plan: line.plan,
    started: line.startedAt,
    ended: line.endedAt,
    seconds: secondsOf(line, now),
    solved: line.subproblems?.solved,
    total: line.subproblems?.total,
    objective: line.objective,
    bound: line.bound,
    gap: line.gap,
    train: line.accuracy.train,
    validation: line.accuracy.validation,
    test: line.accuracy.test,
    questions: line.questions,
    robust: line.verdicts?.robust,
    adversarial: line.verdicts?.adversarial,
    misclassified: line.verdicts?.misclassified,
    unresolved: line.verdicts?.unresolved,
    file: line.file,
  }));
  // A spreadsheet would run a cell that begins like a formula.
  return stringify(rows, { header: true, columns: csvColumns, escape_formulas: true });
}

const csvColumns = [
  ...['run', 'kind', 'status', 'plan', 'started', 'ended', 'seconds', 'solved', 'total', 'objective', 'bound', 'gap'],
  ...['train', 'validation', 'test', 'questions', 'robust', 'adversarial', 'misclassified', 'unresolved', 'file'],
];
