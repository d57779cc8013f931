import { downloads } from '../page/download.js';
import { csvOf, dataTable, type DataColumn } from '../page/data-table.js';
import { environmentFacts, type Environment } from '../page/environment.js';
import { html } from '../page/html.js';
import { duration, number, percent, secondsText } from '../page/numbers.js';
import { facts, page, tiles, timeText } from '../page/page.js';
import type { PictureShape } from '../page/pixels.js';
import { certifiedCurve, type CertifiedPoint } from './certified-curve.js';
import { witnessPictures, type ShownWitness } from './witness-pictures.js';

const verdicts = ['robust', 'adversarial', 'misclassified', 'unresolved'] as const;

/** One question of a verification and its verdict. */
export interface VerdictRow {
  /** `image 7`, or the property. */
  readonly name: string;
  readonly label: string | null;
  readonly verdict: (typeof verdicts)[number];
  /** The step that decided it: bounds, attack, mip. */
  readonly by: string | null;
  /** Certified lower bound; infinite if nothing is unsafe. */
  readonly bound: number | null;
  readonly best: number | null;
  readonly seconds: number;
  /** Of a question that is not decided: how far its bounds got and where its time went. */
  readonly why?: string;
}

export interface VerifyPage {
  readonly run: string;
  readonly status: string;
  /** ISO 8601 */
  readonly startedAt: string;
  /** The request, as facts. */
  readonly asked: readonly (readonly [string, string])[];
  readonly environment: Environment;
  readonly rows: readonly VerdictRow[];
  /** How many questions nobody came to. */
  readonly unanswered: number;
  /** The questions are about images or rows of data, of which a fraction is certified. */
  readonly isOfData: boolean;
  /** Witnesses of images. */
  readonly witnesses: readonly ShownWitness[];
  readonly picture?: PictureShape;
  /** Certified accuracy over the distance, if it is known for several. */
  readonly certified: readonly CertifiedPoint[];
  /** Of solvers. */
  readonly seconds: number;
  readonly commands: readonly string[];
}

/** One self-contained HTML document about a verification. */
export async function verifyPage(data: VerifyPage): Promise<string> {
  const { run, status, startedAt, asked, rows, unanswered, seconds, commands, witnesses, picture } = data;
  const counts = verdicts.map((name) => [String(rows.filter(({ verdict }) => verdict === name).length), name] as const);
  const questions = rows.length + unanswered;
  const share = (names: readonly string[]): number =>
    rows.filter(({ verdict }) => names.includes(verdict)).length / Math.max(1, questions);
  const certified =
    data.isOfData && questions > 0
      ? [
          [percent(share(['robust']), 1), 'certified accuracy'] as const,
          [percent(share(['robust', 'unresolved']) + unanswered / questions, 1), 'attack-free accuracy'] as const,
        ]
      : [];
  const curve = await certifiedCurve(data.certified);
  return page({
    title: run,
    badge: status,
    subtitle: `verification, begun ${timeText(startedAt)}`,
    head: tiles([
      ...certified,
      ...counts,
      ...(unanswered > 0 ? [[String(unanswered), 'not looked at'] as const] : []),
      [duration(seconds), 'of solvers'],
    ]),
    sections: [
      curve && { title: 'Certified accuracy over epsilon', body: curve },
      picture && witnesses.length > 0 ? { title: 'Witnesses', body: witnessPictures(witnesses, picture) } : null,
      {
        title: 'Verdicts',
        body: html`${downloads([{ name: `${run}.csv`, type: 'text/csv', text: csvOf(columns, rows) }])}
          ${dataTable(rows.some(({ why }) => why) ? columns : columns.slice(0, -1), rows, { label: 'Verdicts' })}
          <p class="soft">
            Robust: proven for the ONNX runtime's float32, the bound is certified. Adversarial: a witness was replayed
            in the ONNX runtime. Misclassified: the input itself is. Unresolved: neither within the limits.
          </p>`,
      },
      { title: 'Questions', body: facts([...asked, ...environmentFacts(data.environment)]) },
      { title: 'Ask again', body: html`<pre>${commands.join('\n')}</pre>` },
    ],
  });
}

const bounded = (of: number | null): string => (of === Infinity ? 'nothing is unsafe' : number(of));
const finite = (of: number | null): number | null => (of !== null && Number.isFinite(of) ? of : null);

const columns: readonly DataColumn<VerdictRow>[] = [
  { title: 'question', value: ({ name }) => name },
  { title: 'class', value: ({ label }) => label ?? '', shown: ({ label }) => label ?? '' },
  { title: 'verdict', value: ({ verdict }) => verdict },
  { title: 'by', value: ({ by }) => by ?? '', shown: ({ by }) => by ?? '' },
  { title: 'bound', value: ({ bound }) => finite(bound), shown: ({ bound }) => bounded(bound), isNumber: true },
  { title: 'best seen', value: ({ best }) => finite(best), shown: ({ best }) => bounded(best), isNumber: true },
  {
    title: 'seconds',
    value: ({ seconds }) => Number(seconds.toFixed(4)),
    shown: ({ seconds }) => secondsText(seconds),
    isNumber: true,
  },
  { title: 'why it is undecided', value: ({ why }) => why ?? '', shown: ({ why }) => why ?? '', isLong: true },
];
