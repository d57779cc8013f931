import { countQuestionsIn, coversText, relativeGap, type LeafUnderWay } from '@mipnet/recursion';
import { durationText, plainLine, rangeText } from '@mipnet/text';
import type { Progress } from '@mipnet/workflows';

/** What of a run's progress is shown. */
export type ShownProgress = Pick<
  Progress,
  | 'solved'
  | 'total'
  | 'outstanding'
  | 'objective'
  | 'covers'
  | 'trouble'
  | 'bound'
  | 'gap'
  | 'accuracy'
  | 'eta'
  | 'counts'
  | 'startedAt'
  | 'paused'
  | 'stopped'
  | 'phase'
  | 'questions'
  | 'verdicts'
  | 'roundName'
  | 'roundLeaves'
  | 'underWay'
>;

/** A verification counts decided questions, a training solved MIPs. */
export function measureOf({ questions, verdicts, solved, total }: ShownProgress): {
  readonly done: number;
  readonly total: number;
  readonly unit: string;
} {
  if (questions === null) return { done: solved, total, unit: 'MIPs' };
  return {
    done: verdicts === null ? 0 : countQuestionsIn(verdicts) - verdicts.unresolved,
    total: questions,
    unit: 'decided',
  };
}

/** Five digits: enough to see that an incumbent improves. */
const number = (value: number): string => String(Number(value.toPrecision(5)));
const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

/** `1 to 2 min left`: of the run if no other round follows, otherwise of the round. */
function timeLeft({ paused, stopped, phase, outstanding, eta, roundName }: ShownProgress): string {
  if (paused) return ', paused';
  if (stopped) return phase === 'done' ? ', stopped' : ', stopping';
  if (phase === 'dividing' || phase === 'merging') return `, ${phase}`;
  if (outstanding === 0 || eta === undefined) return '';
  const isLast = roundName === undefined || roundName.at >= roundName.of;
  return `, ${rangeText(eta)} left${isLast ? '' : ' in this round'}`;
}

/**
 * What is known, the most important first: time, round, verdicts, objective, bound, gap, accuracy.
 * @param now milliseconds since 1970
 */
export function factsOf(progress: ShownProgress, now: number): string[] {
  const { objective, covers, bound, gap, accuracy, counts, startedAt, verdicts, roundName, roundLeaves } = progress;
  const ofCovered = covers ? ` of ${coversText(covers)}` : '';
  const isOneOf = roundLeaves !== undefined && roundLeaves.total !== progress.total;
  const facts = [
    `${durationText((now - startedAt) / 1000)}${timeLeft(progress)}`,
    roundName === undefined
      ? null
      : `${plainLine(roundName.name)}${isOneOf ? `: ${roundLeaves.solved}/${roundLeaves.total}` : ''}`,
    ...(verdicts === null
      ? []
      : (['robust', 'adversarial', 'misclassified', 'unresolved'] as const).map((name) =>
          verdicts[name] > 0 ? `${verdicts[name]} ${name}` : null,
        )),
    objective === null ? null : `objective ${number(objective)}${ofCovered}`,
    bound === null || objective === null ? null : `bound ${number(bound)}`,
    gap === null ? null : `gap ${percent(gap)}`,
    accuracy.validation === null
      ? null
      : `validation accuracy so far ${percent(accuracy.validation)}${covers ? ` with ${coversText(covers)}` : ''}`,
    verdicts === null && counts.optimal > 0 ? `${counts.optimal} proven optimal` : null,
    counts.failed > 0 ? `${counts.failed} failed` : null,
    counts.reused ? `${counts.reused} from earlier runs` : null,
  ];
  return facts.filter((fact) => fact !== null);
}

/** The whole in one line, for a reader without a terminal. */
export function lineOf(progress: ShownProgress, now: number): string {
  const { done, total, unit } = measureOf(progress);
  const facts = [...factsOf(progress, now), ...soleFacts(progress)];
  return total === 0 ? facts.join(' | ') : `${done}/${total} ${unit} | ${facts.join(' | ')}`;
}

/** Of a run that is one MIP: what it does. Its objective, bound and gap are those of the run. */
export function soleFacts({ underWay = [], total, solved }: ShownProgress): string[] {
  return total === 1 && solved === 0 && underWay.length === 1 ? [doing(underWay[0])] : [];
}

const doing = ({ step, nodes, work }: LeafUnderWay): string =>
  [
    step ?? 'reading',
    ...(nodes > 0 ? [`${nodes.toLocaleString('en-US')} nodes`] : []),
    ...(work > 0 ? [`${work.toLocaleString('en-US')} LP iterations`] : []),
  ].join(', ');

/** MIPs that have run for so many seconds are shown by name. */
const longSeconds = 5;

/**
 * The MIPs that are worth a line of their own: `pair 4v9: branch and cut, 35 s, objective 12.04, bound 0, gap 100.0%`.
 * That of a run with one MIP is in the line of the run.
 */
export function longLeaves(progress: ShownProgress, now: number, most: number): string[] {
  if (soleFacts(progress).length > 0) return [];
  return longOnes(progress, now)
    .slice(0, most)
    .map((leaf) => {
      const { name, startedAt, objective, bound } = leaf;
      const gap = relativeGap(objective, bound);
      const values = [
        ...(objective === null ? [] : [`objective ${number(objective)}`]),
        ...(bound === null ? [] : [`bound ${number(bound)}`]),
        ...(gap === null ? [] : [`gap ${percent(gap)}`]),
      ];
      return plainLine([`${name}: ${durationText((now - startedAt) / 1000)}`, doing(leaf), ...values].join(', '));
    });
}

const longOnes = ({ underWay = [] }: ShownProgress, now: number): readonly LeafUnderWay[] =>
  underWay.filter(({ startedAt }) => now - startedAt >= 1000 * longSeconds);

/** The same as a table, for a wide terminal; empty if no MIP is long. */
export function leafTable(progress: ShownProgress, now: number): string[] {
  if (soleFacts(progress).length > 0) return [];
  const cell = (value: number | null): string => (value === null ? '-' : number(value));
  const rows = longOnes(progress, now).map(({ name, step, startedAt, objective, bound, nodes }) => {
    const gap = relativeGap(objective, bound);
    return [
      plainLine(name).slice(0, 40),
      plainLine(step ?? 'reading').slice(0, 20),
      durationText((now - startedAt) / 1000),
      cell(objective),
      cell(bound),
      gap === null ? '-' : percent(gap),
      nodes.toLocaleString('en-US'),
    ];
  });
  if (rows.length === 0) return [];
  const table = [['MIP', 'step', 'time', 'objective', 'bound', 'gap', 'nodes'], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  const isNumber = (column: number): boolean => column >= 2;
  return table.map((row) =>
    row
      .map((text, column) => (isNumber(column) ? text.padStart(widths[column]) : text.padEnd(widths[column])))
      .join('  '),
  );
}

/** Facts in lines of at most `width` characters, without a break inside a fact or a word that fits. */
export function wrapFacts(facts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const fact of facts.flatMap((whole) => wrapWords(whole, width))) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 3 + fact.length <= width) lines[lines.length - 1] = `${last} | ${fact}`;
    else lines.push(fact);
  }
  return lines;
}

function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  for (let rest = text; rest !== '';) {
    const space = rest.length <= width ? -1 : rest.lastIndexOf(' ', width);
    const end = rest.length <= width ? rest.length : space > 0 ? space : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return lines;
}
