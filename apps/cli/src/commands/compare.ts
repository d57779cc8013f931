// Tested by ../e2e/compare.e2e.test.ts.
import { rawOf, selectRows, type LoadedDataset } from '@mipnet/dataset';
import { inputSize, outputSize } from '@mipnet/network';
import {
  aggregates,
  disagreements,
  groupsOf,
  MeasureSlots,
  openFileLog,
  parseStudy,
  runStudy,
  type Aggregate,
  type Group,
  type Row,
  type StudyImage,
  type StudyPlan,
  type StudySubject,
} from '@mipnet/study';
import { rm } from 'node:fs/promises';
import { transformationIn } from '@mipnet/runs/records';
import { dirname, join, resolve } from 'node:path';
import { CliError } from '../program/cli-error.js';
import { exitCode } from '../program/exit-code.js';
import { mipnetPaths } from '@mipnet/stack/folders';
import { readDefaultStudy } from '../plan/presets.js';
import { progressDisplay, type ProgressDisplay } from '../terminal/progress-display.js';
import { loadChosenDataset } from '../data/load-data.js';
import { readText } from '../plan/read-plan.js';
import { checkStudyFolder, writeStudy, type StudyFiles } from '../study/study-files.js';
import { plainJson } from '@mipnet/text';
import { print } from '../terminal/print.js';
import { remainingTime } from '@mipnet/workflows/plain';
import { givenNetworks, studySubjects } from '../study/study-subjects.js';

export interface CompareOptions {
  readonly plan?: string;
  readonly set: readonly string[];
  /** Folder for the results. */
  readonly out?: string;
  /** Measures again what was measured before. */
  readonly again?: boolean;
  readonly json?: boolean;
  readonly slots: number;
  readonly data?: string;
}

/** What `compare --json` prints beside the plan. */
export interface CompareResults {
  readonly rows: readonly Row[];
  readonly aggregates: readonly Aggregate[];
  /** Sentences about formulations that contradict each other; empty if there are none. */
  readonly disagreements: readonly string[];
  readonly totals: { readonly instances: number; readonly measured: number; readonly failed: number };
  readonly files: StudyFiles;
}

/** What `compare --json` prints. */
export interface CompareReport extends CompareResults {
  readonly plan: StudyPlan;
}

/** `mipnet compare`: networks x queries x images x bounds x formulations, each instance measured once. */
export async function compare(options: CompareOptions): Promise<number> {
  const display = progressDisplay();
  const interrupt = new AbortController();
  const stop = (): void => {
    display.say('stopping: measurements so far are kept (Ctrl-C again leaves at once)');
    interrupt.abort();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    const text = options.plan === undefined ? readDefaultStudy() : await readText(options.plan, 'the plan');
    const plan = parseStudy(text, options.plan ?? 'the default study', options.set);
    const from = options.plan === undefined ? process.cwd() : dirname(resolve(options.plan));
    const given = await givenNetworks(plan, from);
    const dataset = await loadChosenDataset(
      { name: plan.dataset ?? plan.training.dataset.name, splitSeed: 0 },
      options.data,
      display.say,
    );
    const images = imagesOf(plan, dataset);
    checkSubjects(
      [...given].map(([name, network]) => ({ name, network })),
      dataset,
    );
    // Made only now, so that a refused plan leaves no folder behind.
    const out = await checkStudyFolder(options.out ?? join(mipnetPaths().data, 'studies', plan.name), options.out);
    const subjects = await studySubjects(plan, dataset, {
      ...options,
      given,
      signal: interrupt.signal,
      say: display.say,
    });
    checkSubjects(subjects, dataset);
    const groups = groupsOf(plan, subjects, images);
    const rows = await measureAll(groups, out, options, display, interrupt.signal);
    const report = await reportOf(plan, groups, subjects, rows, out);
    for (const line of report.disagreements) display.say(`wrong: ${line}`);
    if (options.json) process.stdout.write(plainJson(report));
    else print(summaryOf(report));
    if (report.disagreements.length > 0)
      throw new CliError(
        'failed',
        `${report.disagreements.length} answers contradict each other: see the lines above; do not trust ` +
          'any result of this study before they are explained',
      );
    return interrupt.signal.aborted ? exitCode.incomplete : exitCode.done;
  } finally {
    display.end();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

function imagesOf({ images }: StudyPlan, { name, test }: LoadedDataset): StudyImage[] {
  if (!test) throw new CliError('bad-input', `the data set ${name} has no test images`);
  return images.map((image) => {
    if (image >= test.count)
      throw new CliError(
        'bad-input',
        `images: there is no test image ${image} of ${name}; numbers go from 0 to ${test.count - 1}`,
      );
    return { image, label: test.labels[image], values: rawOf(selectRows(test, [image])) };
  });
}

function checkSubjects(subjects: readonly StudySubject[], { name, train, classes }: LoadedDataset): void {
  for (const { name: subject, network } of subjects) {
    if (transformationIn(network, subject) !== undefined)
      throw new CliError(
        'bad-input',
        `networks: ${subject} reads deskewed images, and a study asks about images as they are; leave it out`,
      );
    if (inputSize(network) !== train.size || outputSize(network) !== classes.length) {
      throw new CliError(
        'bad-input',
        `networks: ${subject} has ${inputSize(network)} inputs and ${outputSize(network)} ` +
          `outputs, ${name} has ${train.size} ` +
          `and ${classes.length}; ` +
          'the queries of a study need one score per class',
      );
    }
  }
}

async function measureAll(
  groups: readonly Group[],
  out: string,
  { slots, again }: CompareOptions,
  display: ProgressDisplay,
  signal: AbortSignal,
): Promise<Row[]> {
  const file = join(out, 'measured.jsonl');
  if (again) await rm(file, { force: true });
  const log = openFileLog(file);
  const instances = groups.flatMap((group) => group.instances);
  const total = instances.filter(({ key }) => log.get(key) === undefined).length;
  if (total < instances.length)
    display.say(
      `${instances.length - total} of ${instances.length} instances were measured before (--again measures them again)`,
    );
  const startedAt = Date.now();
  const counts = { optimal: 0, feasible: 0, unresolved: 0, failed: 0 };
  let paceSince: number | undefined;
  const show = (): void => {
    const solved = counts.optimal + counts.feasible + counts.unresolved + counts.failed;
    const elapsed = (Date.now() - (paceSince ?? startedAt)) / 1000;
    const eta = remainingTime({ elapsed, ended: solved, running: slots, outstanding: total - solved });
    display.show({
      solved,
      total,
      outstanding: total - solved,
      objective: null,
      bound: null,
      gap: null,
      accuracy: { train: null, validation: null },
      ...(eta ? { eta } : {}),
      counts,
      startedAt,
      paused: false,
      phase: 'solving',
      stopped: signal.aborted,
      questions: null,
      verdicts: null,
    });
  };
  const count = ({ status, seconds }: Row): void => {
    // Threads start before the first instance does: the pace is measured from where that one began.
    if (paceSince === undefined) {
      const { bounds, encode, relaxation, solve } = seconds;
      paceSince = Math.max(startedAt, Date.now() - 1000 * (bounds + encode + relaxation + solve));
    }
    counts[status === 'infeasible' ? 'optimal' : status]++;
    show();
  };
  const ticking = setInterval(show, 1000);
  const pool = new MeasureSlots(slots);
  try {
    return await runStudy({
      groups,
      slots: pool,
      log,
      signal,
      onRow: count,
      onCrash: (row, error) => {
        display.say(
          `${row.network}, ${row.query}, image ${row.image}, ${row.formulation} on ${row.bounds} ` +
            `bounds: ${error.message}; it counts as failed`,
        );
        count(row);
      },
    });
  } finally {
    clearInterval(ticking);
    display.end();
    await pool.close();
  }
}

async function reportOf(
  plan: StudyPlan,
  groups: readonly Group[],
  subjects: readonly StudySubject[],
  rows: readonly Row[],
  out: string,
): Promise<CompareReport> {
  if (rows.length === 0) throw new CliError('failed', 'the study was stopped before anything was measured');
  const results = { plan, rows, aggregates: aggregates(rows), disagreements: disagreements(rows) };
  return {
    ...results,
    totals: {
      instances: groups.reduce((sum, { instances }) => sum + instances.length, 0),
      measured: rows.filter(({ status }) => status !== 'failed').length,
      failed: rows.filter(({ status }) => status === 'failed').length,
    },
    files: await writeStudy(out, results, subjects),
  };
}

function summaryOf({ totals, files }: CompareReport): string {
  const failed = totals.failed === 0 ? '' : `, ${totals.failed} failed`;
  return [
    `measured  ${totals.measured} of ${totals.instances} instances${failed}`,
    `tables    ${files.markdown}`,
    `rows      ${files.csv}`,
    ...files.pictures.map((picture) => `picture   ${picture}`),
    '',
  ].join('\n');
}
