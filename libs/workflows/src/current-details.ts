import { countQuestionsIn, coversText, noVerdicts, type VerdictCounts } from '@mipnet/recursion';
import { durationText } from '@mipnet/text/duration';
import type { Progress } from './messages.js';

const number = (value: number | null): string => (value === null ? '-' : String(Number(value.toPrecision(6))));
const percent = (share: number | null): string => (share === null ? '-' : `${(100 * share).toFixed(1)}%`);

function status({ phase, stopped, paused }: Progress): string {
  if (phase === 'done') return stopped ? 'stopped early' : 'done';
  if (stopped) return 'stopping';
  return paused ? `${phase}, paused` : phase;
}

const incumbentRows = ({ objective, bound, gap, accuracy, covers }: Progress): [string, string][] => [
  ['incumbent', `${number(objective)}${covers ? `, of ${coversText(covers)}` : ''}`],
  ['bound', number(bound)],
  ['gap', percent(gap)],
  ['accuracy so far', `train ${percent(accuracy.train)}, validation ${percent(accuracy.validation)}`],
];

const verdictRows = (verdicts: VerdictCounts, questions: number): [string, string][] => [
  ['decided', `${countQuestionsIn(verdicts) - verdicts.unresolved} of ${questions}`],
  [
    'verdicts',
    `${verdicts.robust} robust, ${verdicts.adversarial} adversarial, ${verdicts.misclassified} ` +
      `misclassified, ${verdicts.unresolved} ` +
      'unresolved',
  ],
];

/** A message must not end its row of the table. */
const oneLine = (text: string): string => text.replace(/[\n\r|]+/g, ' ');

/** The Markdown table on the workflow's page in the Temporal UI. */
export function currentDetails(progress: Progress): string {
  const { counts, verdicts, questions } = progress;
  const rows: [string, string][] = [
    ['status', status(progress)],
    ['round', String(progress.round + 1)],
    ...(questions === null ? incumbentRows(progress) : verdictRows(verdicts ?? noVerdicts, questions)),
    ['solved', `${progress.solved} of ${progress.total}, ${progress.inFlight} in flight`],
    [
      'outcomes',
      `${counts.optimal} optimal, ${counts.feasible} feasible, ${counts.unresolved} ` +
        `unresolved, ${counts.failed} ` +
        `failed${counts.reused ? `; ${counts.reused} from earlier runs` : ''}`,
    ],
    ...(progress.trouble === undefined ? [] : [['trouble', oneLine(progress.trouble)] satisfies [string, string]]),
    ['solver time', durationText(progress.seconds.solver)],
    ['round ends in', progress.etaSeconds === null ? '-' : durationText(progress.etaSeconds)],
  ];
  return ['| | |', '| --- | --- |', ...rows.map(([what, value]) => `| ${what} | ${value} |`)].join('\n');
}
