import { countQuestionsIn, coversText } from '@mipnet/recursion';
import type { Progress } from '@mipnet/workflows';
import cliProgress from 'cli-progress';
import { durationText, plainText } from '@mipnet/text';

/** What of a run's progress is shown. */
export type ShownProgress = Pick<
  Progress,
  | 'solved'
  | 'total'
  | 'outstanding'
  | 'objective'
  | 'covers'
  | 'trouble'
  | 'gap'
  | 'accuracy'
  | 'etaSeconds'
  | 'counts'
  | 'startedAt'
  | 'paused'
  | 'stopped'
  | 'phase'
  | 'questions'
  | 'verdicts'
>;

export interface ProgressDisplay {
  show(progress: ShownProgress): void;
  /** A line of text above the bar. */
  say(line: string): void;
  end(): void;
}

/** Seconds between two lines if there is no terminal to redraw. */
const plainSeconds = 5;

/** Progress on stderr: a bar on a terminal, otherwise a line now and then. */
export function progressDisplay(stream: NodeJS.WriteStream = process.stderr): ProgressDisplay {
  return withTroubles(stream.isTTY ? barDisplay(stream) : plainDisplay(stream));
}

/** Prints once what a run waits for, even before there is any progress to show. */
function withTroubles(display: ProgressDisplay): ProgressDisplay {
  const said = new Set<string>();
  return {
    ...display,
    show: (progress) => {
      const { trouble } = progress;
      if (trouble !== undefined && !said.has(trouble)) display.say(trouble);
      if (trouble !== undefined) said.add(trouble);
      display.show(progress);
    },
  };
}

function barDisplay(stream: NodeJS.WriteStream): ProgressDisplay {
  const bar = new cliProgress.SingleBar(
    {
      stream,
      format: '{bar} {value}/{total} {unit} | {facts}',
      barsize: 16,
      hideCursor: true,
      clearOnComplete: true,
      forceRedraw: true,
      // Its own signal handler would remove the bar while the run is still stopping.
      gracefulExit: false,
    },
    cliProgress.Presets.shades_classic,
  );
  let latest: ShownProgress | undefined;
  // Lines replace the bar; the next progress draws it again below them.
  const clear = (): void => {
    bar.stop();
    process.off('exit', clear);
  };
  return {
    show: (progress) => {
      if (progress.total === 0) return;
      const { done, total, unit } = measureOf(progress);
      const payload = { unit, facts: factsOf(progress, Date.now()) };
      if (!bar.isActive) {
        bar.start(total, done, payload);
        process.once('exit', clear);
      }
      bar.setTotal(total);
      bar.update(done, payload);
      latest = progress;
    },
    say: (line) => {
      clear();
      stream.write(`${plainText(line)}\n`);
    },
    end: () => {
      clear();
      if (latest) stream.write(`${lineOf(latest, Date.now())}\n`);
      latest = undefined;
    },
  };
}

function plainDisplay(stream: NodeJS.WriteStream): ProgressDisplay {
  let saidAt = -Infinity;
  let said: string | undefined;
  let latest: ShownProgress | undefined;
  const write = (text: string): void => {
    if (text !== said) stream.write(`  ${text}\n`);
    said = text;
    saidAt = performance.now() / 1000;
  };
  return {
    show: (progress) => {
      if (progress.total === 0) return;
      latest = progress;
      if (performance.now() / 1000 - saidAt >= plainSeconds) write(lineOf(progress, Date.now()));
    },
    say: (line) => void stream.write(`${plainText(line)}\n`),
    end: () => {
      if (latest) write(lineOf(latest, Date.now()));
      latest = undefined;
    },
  };
}

/** A verification counts decided questions, a training solved MIPs. */
function measureOf({ questions, verdicts, solved, total }: ShownProgress): {
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

function lineOf(progress: ShownProgress, now: number): string {
  const { done, total, unit } = measureOf(progress);
  return `${done}/${total} ${unit} | ${factsOf(progress, now)}`;
}

/**
 * Elapsed and remaining time, accuracy so far, incumbent, gap; only known values.
 * @param now milliseconds since 1970
 */
export function factsOf(progress: ShownProgress, now: number): string {
  const {
    objective,
    covers,
    gap,
    accuracy,
    etaSeconds,
    counts,
    startedAt,
    paused,
    stopped,
    phase,
    outstanding,
    verdicts,
  } = progress;
  const spent = durationText((now - startedAt) / 1000);
  const toGo = paused
    ? ', paused'
    : stopped
      ? phase === 'done'
        ? ', stopped'
        : ', stopping'
      : outstanding === 0 || etaSeconds === null
        ? ''
        : `, ${durationText(etaSeconds)} to go`;
  // The most important first: a narrow terminal cuts off the end.
  const facts = [
    `${spent}${toGo}`,
    ...(verdicts === null
      ? []
      : (['robust', 'adversarial', 'misclassified', 'unresolved'] as const).map((name) =>
          verdicts[name] > 0 ? `${verdicts[name]} ${name}` : null,
        )),
    accuracy.validation === null
      ? null
      : 'validation accuracy so ' +
        `far ${(100 * accuracy.validation).toFixed(1)}%${covers ? ` with ${coversText(covers)}` : ''}`,
    objective === null ? null : `objective ${objective.toFixed(1)}${covers ? ` of ${coversText(covers)}` : ''}`,
    gap === null ? null : `gap ${(100 * gap).toFixed(1)}%`,
    verdicts === null && counts.optimal > 0 ? `${counts.optimal} proven optimal` : null,
    counts.failed > 0 ? `${counts.failed} failed` : null,
    counts.reused ? `${counts.reused} from earlier runs` : null,
  ];
  return facts.filter((fact) => fact !== null).join(' | ');
}
