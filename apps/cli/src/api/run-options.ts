// Tested by api.int.test.ts.
import type { BeginOptions, Watcher } from '@mipnet/runs/here';
import type { Progress } from '@mipnet/workflows';
import { availableParallelism } from 'node:os';

/** How a run is driven, and who hears of it. */
export interface RunOptions {
  /**
   * What drives the run: a Temporal server, this process alone with its solver threads, or the first that is available.
   * The result is the same.
   * @default 'auto'
   */
  readonly engine?: 'auto' | 'temporal' | 'local';
  /** MIPs solved at once. @default the cores of this machine */
  readonly slots?: number;
  /** Solver of the MIPs; with the path of its program if it is not found by itself: `scip:/opt/scip/bin/scip`. */
  readonly solver?: string;
  /** Object store: a folder or `s3://bucket/prefix`. @default $MIPNET_STORE, or a folder of mipnet's own */
  readonly store?: string;
  /**
   * Stops the run. What it has found by then is kept and returned, with `incomplete: true`; without anything found, the
   * promise is rejected with the code 'stopped'.
   */
  readonly signal?: AbortSignal;
  /** Called about once a second while MIPs are solved. */
  readonly onProgress?: (progress: Progress) => void;
  /** Called with what the command would say on stderr: one line of text, such as how a table was read. */
  readonly onMessage?: (line: string) => void;
}

/** Of a result: it is usable, but it was stopped early, or parts of it failed. The command then ends with 3. */
export interface Completeness {
  readonly incomplete: boolean;
}

/** The listener of a run that a program has started. */
export function watcherOf({ signal, onProgress, onMessage }: RunOptions): Watcher {
  return {
    signal: signal ?? new AbortController().signal,
    say: (line) => onMessage?.(line),
    show: (progress) => onProgress?.(progress),
    showEnd: () => undefined,
    beginKeeping: () => undefined,
  };
}

export const engineOf = ({ engine = 'auto', slots = availableParallelism() }: RunOptions): BeginOptions => ({
  engine,
  slots,
});
