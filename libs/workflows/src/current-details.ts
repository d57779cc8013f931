import {
  countQuestionsIn,
  coversText,
  noVerdicts,
  relativeGap,
  type LeafUnderWay,
  type VerdictCounts,
} from '@mipnet/recursion';
import { durationText, rangeText } from '@mipnet/text/duration';
import type { Progress } from './messages.js';

const number = (value: number | null): string => (value === null ? '-' : String(Number(value.toPrecision(6))));
const percent = (share: number | null): string => (share === null ? '-' : `${(100 * share).toFixed(1)}%`);

function status({ phase, stopped, paused }: Progress): string {
  if (phase === 'done') return stopped ? 'stopped early' : 'done';
  if (stopped) return 'stopping';
  return paused ? `${phase}, paused` : phase;
}

const incumbentRows = ({ objective, bound, gap, accuracy, covers, phase }: Progress): [string, string][] => [
  ['incumbent', `${number(objective)}${covers ? `, of ${coversText(covers)}` : ''}`],
  ['bound', number(bound)],
  ['gap', percent(gap)],
  [
    phase === 'done' ? 'accuracy' : 'accuracy so far',
    `train ${percent(accuracy.train)}, validation ${percent(accuracy.validation)}`,
  ],
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

/** A MIP that takes long. */
const leafRow = ({ name, step, objective, bound, nodes }: LeafUnderWay): [string, string] => [
  'under way',
  oneLine(
    `${name}: ${step ?? 'reading'}, incumbent ${number(objective)}, bound ${number(bound)}, ` +
      `gap ${percent(relativeGap(objective, bound))}, ${nodes} nodes`,
  ),
];

/** What a round still takes is unknown at its beginning, and no question at its end. */
function timeRows({ phase, stopped, paused, eta }: Progress): [string, string][] {
  if (phase === 'done' || stopped || paused) return [];
  return [['time left in this round', eta ? rangeText(eta) : 'not known yet']];
}

/** The Markdown table on the workflow's page in the Temporal UI. @param now milliseconds since 1970 */
export function currentDetails(progress: Progress, now: number = Date.now()): string {
  const { counts, verdicts, questions, roundName, roundLeaves, phase } = progress;
  const isOver = phase === 'done';
  const rows: [string, string][] = [
    ['status', status(progress)],
    [isOver ? 'rounds' : 'round', `${progress.round + 1}${roundName ? ` (${oneLine(roundName.name)})` : ''}`],
    ...(questions === null ? incumbentRows(progress) : verdictRows(verdicts ?? noVerdicts, questions)),
    ...(roundLeaves && !isOver && roundLeaves.total !== progress.total
      ? [['MIPs of this round', `${roundLeaves.solved} of ${roundLeaves.total}`] satisfies [string, string]]
      : []),
    ['MIPs solved', `${progress.solved} of ${progress.total}${isOver ? '' : `, ${progress.inFlight} in flight`}`],
    [
      'outcomes of MIPs',
      `${counts.optimal} optimal, ${counts.feasible} feasible, ${counts.unresolved} ` +
        `unresolved, ${counts.failed} ` +
        `failed${counts.reused ? `; ${counts.reused} from earlier runs` : ''}`,
    ],
    ...(isOver ? [] : (progress.underWay ?? []).slice(0, 3).map(leafRow)),
    ...(progress.trouble === undefined || isOver
      ? []
      : [['trouble', oneLine(progress.trouble)] satisfies [string, string]]),
    ['solver time', durationText(progress.seconds.solver)],
    [isOver ? 'time' : 'time so far', durationText((now - progress.startedAt) / 1000)],
    ...timeRows(progress),
  ];
  return ['| | |', '| --- | --- |', ...rows.map(([what, value]) => `| ${what} | ${value} |`)].join('\n');
}
