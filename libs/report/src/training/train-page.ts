import { optimalText, relativeGap } from '@mipnet/recursion';
import type { Network } from '@mipnet/network';
import { downloads } from '../page/download.js';
import { environmentFacts, type Environment } from '../page/environment.js';
import { html } from '../page/html.js';
import { duration, none, number, percent } from '../page/numbers.js';
import { facts, page, tiles, timeText, type Section } from '../page/page.js';
import type { PictureShape } from '../page/pixels.js';
import { columnWeights, type ColumnWeights } from './column-weights.js';
import { confusionTable, type Confusion } from './confusion-table.js';
import { mipCharts } from './mip-charts.js';
import { mistakeList } from './mistakes.js';
import { roundCharts } from './round-charts.js';
import { ruleList } from './rule-list.js';
import { slotChart } from './slot-chart.js';
import { subproblemCsv, subproblemTable } from './subproblem-table.js';
import type { Mistake, RoundPoint, SubproblemRow } from './training-run.js';
import { weightPictures } from './weight-pictures.js';

/** The content of the page of a training. Every figure comes from the network file, the run's result or its record. */
export interface TrainPage {
  readonly run: string;
  readonly status: string;
  /** The part of the budget that ended it. */
  readonly endedBy: string | null;
  /** ISO 8601 */
  readonly startedAt: string;
  /** The plan as YAML, with every default filled in. */
  readonly plan: string;
  readonly environment: Environment;
  readonly dataset: {
    readonly name: string;
    readonly train: number;
    readonly test: number;
    /** Decisions while the data was read, one line each. */
    readonly reading?: readonly string[];
    /** Of one sample, if it is an image. */
    readonly picture?: PictureShape;
  };
  readonly network: {
    readonly file: string;
    readonly parameters: number;
    readonly nonZero: number;
    readonly domain: string;
  };
  readonly weights: Network;
  /** Names of the first layer's neurons, if they have any. */
  readonly neurons?: readonly string[];
  /** Of a table: neurons by the names of its columns. */
  readonly columns?: readonly ColumnWeights[];
  readonly accuracy: {
    readonly train: number | null;
    readonly validation: number | null;
    readonly test: number | null;
  };
  readonly objective: number | null;
  /** What the objective covers if parts are missing: `4 of 45 pairs`. */
  readonly covers: string | null;
  readonly bound: number | null;
  readonly subproblems: {
    readonly total: number;
    readonly optimal: number;
    readonly bySolver: number;
    readonly feasible: number;
    readonly unresolved: number;
    readonly failed: number;
    readonly unfinished?: number;
  };
  readonly solver: { readonly name: string };
  readonly seconds: { readonly wall: number; readonly solver: number; readonly merge: number };
  readonly rounds: readonly RoundPoint[];
  readonly rows: readonly SubproblemRow[];
  readonly rowsLeftOff: number;
  /** On the test samples. */
  readonly confusion: Confusion | null;
  /** The worst of the misclassified test samples. */
  readonly mistakes: readonly Mistake[];
  /** How many test samples are misclassified. */
  readonly errors: number;
  /** The command that repeats the run. */
  readonly repeat: string;
  /** The commands that recompute the figures, one per line. */
  readonly commands: readonly string[];
  /** What `train --json` prints. */
  readonly document: object;
}

/** One self-contained HTML document. */
export async function trainPage(data: TrainPage): Promise<string> {
  const { accuracy, dataset, seconds } = data;
  const figures: readonly (readonly [string, string])[] = [
    [percent(accuracy.test), `right of ${dataset.test} test samples`],
    [percent(accuracy.validation), 'on validation'],
    [percent(accuracy.train), `of ${dataset.train} training samples`],
    [number(data.objective), data.covers === null ? 'objective' : `objective of ${data.covers} only`],
    [number(data.bound), 'proven bound'],
    [percent(relativeGap(data.objective, data.bound)), 'gap'],
    [duration(seconds.wall), `in all; solvers ${duration(seconds.solver)}`],
  ];
  const head = tiles(figures.filter(([value], at) => at === 0 || value !== none));
  return page({
    title: data.run,
    badge: data.endedBy === null ? data.status : `${data.status} by its budget: ${data.endedBy}`,
    subtitle: `training, begun ${timeText(data.startedAt)}`,
    head,
    sections: [...(await courseSections(data)), ...resultSections(data), mipSection(data), ...originSections(data)],
  });
}

async function courseSections({ rounds, rows }: TrainPage): Promise<(Section | null)[]> {
  const single = rows.length === 1 ? (rows[0].course ?? []) : [];
  const curves = await roundCharts(rounds, single);
  const slots = await slotChart(rows.flatMap(({ solve }) => solve ?? []));
  const charts = await mipCharts(rows.filter((row, at) => !isDivided(rows, at) && row.solve !== undefined));
  return [
    curves && { title: 'Course of the run', body: curves },
    slots && { title: 'Slots and idle time', body: slots },
    charts && { title: 'MIPs: times and gaps', body: charts },
  ];
}

const isDivided = (rows: readonly SubproblemRow[], at: number): boolean => (rows[at + 1]?.depth ?? 0) > rows[at].depth;

function resultSections(data: TrainPage): (Section | null)[] {
  const { columns, dataset } = data;
  const confused = data.confusion && confusionTable(data.confusion);
  const mistakes = mistakeList(data.mistakes, data.errors, dataset.picture);
  const rules = columns ? ruleList(columns) : null;
  const byColumn = columns ? columnWeights(columns) : null;
  const pictures = weightPictures(data.weights, data.neurons, byColumn !== null);
  return [
    confused && { title: 'Confusion matrix', body: confused },
    mistakes && { title: 'Misclassified test samples', body: mistakes },
    rules && { title: 'Neurons as rules', body: rules },
    byColumn && { title: 'Weights by column', body: byColumn },
    pictures && { title: byColumn ? 'Weights of the other layers' : 'Weights', body: pictures },
  ];
}

function mipSection({ subproblems, rows, rowsLeftOff, solver, run, document, rounds }: TrainPage): Section {
  const shares =
    `${optimalText(subproblems, solver.name)}, ${subproblems.feasible} feasible with a ` +
    `bound, ${subproblems.unresolved} unresolved, ${subproblems.failed} ` +
    `failed${subproblems.unfinished ? `, ${subproblems.unfinished} not begun or cut short` : ''}`;
  const files = [
    { name: `${run}-mips.csv`, type: 'text/csv' as const, text: subproblemCsv(rows) },
    { name: `${run}.json`, type: 'application/json' as const, text: JSON.stringify({ ...document, rounds }, null, 1) },
  ];
  return {
    title: 'MIPs',
    body: html`<p>${subproblems.total} MIPs: ${shares}.</p>
      ${downloads(files)} ${rows.length > 0 ? subproblemTable(rows, rowsLeftOff) : ''}`,
  };
}

function originSections(data: TrainPage): (Section | null)[] {
  const { network, dataset } = data;
  return [
    {
      title: 'Repeat it',
      body: html`<p>The same training again:</p>
        <pre>${data.repeat}</pre>
        <p>Its figures, computed again:</p>
        <pre>${data.commands.join('\n')}</pre>
        <p class="soft">
          Accuracies come from a forward pass of the file. Objective and bound come from the certified results in the
          object store: values replayed on the data, bounds proven.
        </p>`,
    },
    {
      title: 'Network, data, machine',
      body: facts([
        ['file', network.file],
        ['parameters', `${network.parameters}, of which ${network.nonZero} are not zero`],
        ['weights', network.domain],
        ['data set', dataset.name],
        ...environmentFacts(data.environment),
      ]),
    },
    dataset.reading !== undefined && dataset.reading.length > 0
      ? {
          title: 'How the data was read',
          body: html`<ul>
            ${dataset.reading.map((line) => html`<li>${line}</li>`)}
          </ul>`,
        }
      : null,
    { title: 'Plan, with all defaults', body: html`<pre>${data.plan}</pre>` },
  ];
}
