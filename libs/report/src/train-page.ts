import { relativeGap } from '@mipnet/recursion';
import type { Network } from '@mipnet/network';
import { columnWeights, type ColumnWeights } from './column-weights.js';
import { confusionTable, type Confusion } from './confusion-table.js';
import { curve, type CurvePoint } from './curve.js';
import { html, type Html } from './html.js';
import { duration, number, percent } from './numbers.js';
import { page, section, tiles } from './page.js';
import { subproblemTable, type SubproblemRow } from './subproblem-table.js';
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
  readonly dataset: {
    readonly name: string;
    readonly train: number;
    readonly test: number;
    /** Decisions while the data was read, one line each. */
    readonly reading?: readonly string[];
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
    readonly feasible: number;
    readonly unresolved: number;
    readonly failed: number;
    readonly unfinished?: number;
  };
  readonly seconds: { readonly wall: number; readonly solver: number; readonly merge: number };
  readonly rounds: readonly CurvePoint[];
  readonly rows: readonly SubproblemRow[];
  readonly rowsLeftOff: number;
  /** On the test samples. */
  readonly confusion: Confusion | null;
  /** The commands that recompute the figures, one per line. */
  readonly commands: readonly string[];
}

/** One self-contained HTML document. */
export function trainPage(data: TrainPage): string {
  const { accuracy, dataset, subproblems, seconds, network } = data;
  const head = tiles([
    [percent(accuracy.test), `right of ${dataset.test} test samples`],
    [percent(accuracy.validation), 'on validation'],
    [percent(accuracy.train), `of ${dataset.train} training samples`],
    [number(data.objective), data.covers === null ? 'objective' : `objective of ${data.covers} only`],
    [number(data.bound), 'proven bound'],
    [percent(relativeGap(data.objective, data.bound)), 'gap'],
    [duration(seconds.wall), `in all; solvers ${duration(seconds.solver)}`],
  ]);
  const shares =
    `${subproblems.optimal} proven optimal, ${subproblems.feasible} feasible with a ` +
    `bound, ${subproblems.unresolved} unresolved, ${subproblems.failed} ` +
    `failed${subproblems.unfinished ? `, ${subproblems.unfinished} not begun or cut short` : ''}`;
  const curved = curve(data.rounds);
  const pictures = data.columns ? columnWeights(data.columns) : weightPictures(data.weights, data.neurons);
  const confused = data.confusion && confusionTable(data.confusion);
  const sections: (Html | null)[] = [
    section('Plan, with all defaults', html`<pre>${data.plan}</pre>`),
    section(
      'The network',
      html`<table>
        <tbody>
          <tr>
            <th>file</th>
            <td>${network.file}</td>
          </tr>
          <tr>
            <th>parameters</th>
            <td>${network.parameters}, of which ${network.nonZero} are not zero</td>
          </tr>
          <tr>
            <th>weights</th>
            <td>${network.domain}</td>
          </tr>
          <tr>
            <th>data set</th>
            <td>${dataset.name}</td>
          </tr>
        </tbody>
      </table>`,
    ),
    dataset.reading !== undefined && dataset.reading.length > 0
      ? section(
          'How the data was read',
          html`<ul>
            ${dataset.reading.map((line) => html`<li>${line}</li>`)}
          </ul>`,
        )
      : null,
    curved && section('Objective over the rounds', curved),
    confused && section('Confusion matrix', confused),
    pictures && section(data.columns ? 'Weights by column' : 'Weights of the first layer', pictures),
    section(
      'Subproblems',
      html`<p>${subproblems.total} MIPs: ${shares}.</p>
        ${data.rows.length > 0 ? subproblemTable(data.rows, data.rowsLeftOff) : ''}`,
    ),
    section(
      'Recompute it',
      html`<pre>${data.commands.join('\n')}</pre>
        <p class="soft">
          Accuracies come from a forward pass of the file. Objective and bound come from the certified results in the
          object store: values replayed on the data, bounds proven.
        </p>`,
    ),
  ];
  return page({
    title: data.run,
    badge: data.endedBy === null ? data.status : `${data.status} by its budget: ${data.endedBy}`,
    subtitle: `training, begun ${data.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}`,
    body: html`${head}${sections.filter((part) => part !== null)}`,
  });
}
