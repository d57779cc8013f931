import type { Progress } from '@mipnet/workflows';

/** Whoever waits for a run: a person at a terminal. */
export interface Watcher {
  /** Aborted by an interrupt after `beginKeeping`: the run is stopped and hands back what it has. */
  readonly signal: AbortSignal;
  say(line: string): void;
  show(progress: Progress): void;
  /** Nothing more of the run is shown. */
  showEnd(): void;
  /** From now on there may be something to keep: the first interrupt asks for it. */
  beginKeeping(onFirst: () => void): void;
}
