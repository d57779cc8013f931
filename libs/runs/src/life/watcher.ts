import type { Progress } from '@mipnet/workflows';

/** The one who waits for a run: a person at a terminal. */
export interface Watcher {
  /** Aborted by an interrupt after `beginKeeping`: the run is stopped and returns its results so far. */
  readonly signal: AbortSignal;
  say(line: string): void;
  show(progress: Progress): void;
  /** Nothing more of the run is shown. */
  showEnd(): void;
  /** From now on there may be a result to keep: the first interrupt stops the run and keeps it. */
  beginKeeping(onFirst: () => void): void;
}
