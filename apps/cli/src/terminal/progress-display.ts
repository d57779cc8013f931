import { plainText } from '@mipnet/text';
import { createLogUpdate } from 'log-update';
import { painter, type Paint } from './colour.js';
import { LeafEvents } from './leaf-events.js';
import {
  factsOf,
  leafTable,
  lineOf,
  longLeaves,
  measureOf,
  soleFacts,
  wrapFacts,
  type ShownProgress,
} from './progress-lines.js';
import { wrappedText } from './wrapped-text.js';
import { verbosity, type Verbosity } from './verbosity.js';

export interface ProgressDisplay {
  show(progress: ShownProgress): void;
  /** A line of text above the progress. */
  say(line: string): void;
  end(): void;
}

export interface DisplayOptions {
  readonly verbosity?: Verbosity;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Seconds between two lines if there is no terminal to redraw. */
const plainSeconds = 5;
/** MIPs that are named below the progress. */
const namedLeaves = 3;

/** Progress on stderr: redrawn on a terminal, otherwise a line now and then. */
export function progressDisplay(
  stream: NodeJS.WriteStream = process.stderr,
  { verbosity: how = verbosity(), now = Date.now }: DisplayOptions = {},
): ProgressDisplay {
  const paint = painter(stream);
  if (how === 'quiet') return withTroubles(quietDisplay(stream), paint);
  // A terminal that does not know its size has no place to redraw.
  const knowsSize = stream.rows !== 0 && stream.columns !== 0;
  const display = stream.isTTY && knowsSize ? redrawnDisplay(stream, paint, now) : plainDisplay(stream, now);
  return withTroubles(how === 'verbose' ? withEvents(display, now) : display, paint);
}

/** Prints once what a run waits for, even before there is any progress to show. */
function withTroubles({ show, warn, ...display }: Warning, paint: Paint): ProgressDisplay {
  const said = new Set<string>();
  return {
    ...display,
    show: (progress) => {
      const { trouble } = progress;
      if (trouble !== undefined && !said.has(trouble)) warn(paint('yellow', plainText(trouble)));
      if (trouble !== undefined) said.add(trouble);
      show(progress);
    },
  };
}

interface Warning extends ProgressDisplay {
  /** A line that is printed even by a quiet command; it is safe for a terminal already. */
  warn(line: string): void;
}

/** --verbose: a line for every event of a MIP, too. */
function withEvents(display: Warning, now: () => number): Warning {
  const events = new LeafEvents();
  return {
    ...display,
    show: (progress) => {
      events.of(progress.underWay ?? [], now()).forEach(display.say);
      display.show(progress);
    },
  };
}

const quietDisplay = (stream: NodeJS.WriteStream): Warning => ({
  show: () => undefined,
  say: () => undefined,
  warn: (line) => void stream.write(`${line}\n`),
  end: () => undefined,
});

const barLength = 16;

function barOf(done: number, total: number): string {
  const filled = total === 0 ? 0 : Math.round((barLength * Math.min(done, total)) / total);
  return `${'█'.repeat(filled)}${'░'.repeat(barLength - filled)}`;
}

/** From so many columns on, long MIPs are a table. */
const wide = 100;

/** The lines of a terminal; none is longer than it is wide. */
export function screenOf(progress: ShownProgress, now: number, columns: number, paint: Paint): string {
  const { done, total, unit } = measureOf(progress);
  const head = `${barOf(done, total)} ${done}/${total} ${unit}`;
  const [first, ...others] = wrapFacts([head, ...factsOf(progress, now)], columns);
  const leaves =
    columns >= wide
      ? leafTable(progress, now)
      : longLeaves(progress, now, namedLeaves).flatMap((line) =>
          wrapFacts(line.split(', '), columns - 4).map((part) => `  ${part.replaceAll(' | ', ', ')}`),
        );
  return [
    paint('green', first.slice(0, barLength)) + first.slice(barLength),
    ...others,
    ...wrapFacts(soleFacts(progress), columns).map((line) => paint('dim', line)),
    ...leaves.map((line) => paint('dim', line)),
  ].join('\n');
}

function redrawnDisplay(stream: NodeJS.WriteStream, paint: Paint, now: () => number): Warning {
  // With the cursor visible, nothing is to be restored after a signal.
  const screen = createLogUpdate(stream, { showCursor: true });
  let latest: ShownProgress | undefined;
  const columns = (): number => stream.columns || 80;
  // Lines replace the progress; the next one is drawn below them.
  const warn = (line: string): void => {
    screen.clear();
    stream.write(`${wrappedText(line, stream)}\n`);
  };
  return {
    show: (progress) => {
      if (progress.total > 0) screen(screenOf((latest = progress), now(), columns(), paint));
    },
    say: (line) => warn(plainText(line)),
    warn,
    end: () => {
      screen.clear();
      if (latest) stream.write(`${wrapFacts(lineOf(latest, now()).split(' | '), columns()).join('\n')}\n`);
      latest = undefined;
    },
  };
}

function plainDisplay(stream: NodeJS.WriteStream, now: () => number): Warning {
  let saidAt = -Infinity;
  let said: string | undefined;
  let phase: string | undefined;
  let latest: ShownProgress | undefined;
  const write = (lines: readonly string[]): void => {
    const text = lines.map((line) => `  ${line}\n`).join('');
    if (text !== said) stream.write(text);
    said = text;
    saidAt = now();
  };
  return {
    show: (progress) => {
      if (progress.total === 0) return;
      latest = progress;
      // A division or a merge may take long; it is announced.
      const isNew = progress.phase !== phase && progress.phase !== 'solving';
      phase = progress.phase;
      if (now() - saidAt < 1000 * (isNew ? 1 : plainSeconds)) return;
      write([lineOf(progress, now()), ...longLeaves(progress, now(), namedLeaves).map((line) => `  ${line}`)]);
    },
    say: (line) => void stream.write(`${plainText(line)}\n`),
    warn: (line) => void stream.write(`${line}\n`),
    end: () => {
      if (latest) write([lineOf(latest, now())]);
      latest = undefined;
    },
  };
}
