// Tested by ../e2e/verify.e2e.test.ts.
import { exitCode } from '../program/exit-code.js';

export interface Interrupt {
  /** Aborted by a Ctrl-C after `beginKeeping`. */
  readonly signal: AbortSignal;
  /**
   * From now on there may be an incumbent: the first Ctrl-C or SIGTERM stops the run and keeps it. Before that, it ends
   * the command at once.
   */
  beginKeeping(onFirst: () => void): void;
  end(): void;
}

/**
 * The effect of Ctrl-C and SIGTERM while a run is prepared and while it runs. The second one always ends the command
 * at once.
 * @param leaving the message if there is nothing to keep
 * @param without what is lost after a second Ctrl-C, for its message
 */
export function onInterrupt(
  say: (line: string) => void,
  leaving = 'stopped before there was a network to keep',
  without = 'the network',
): Interrupt {
  const controller = new AbortController();
  let keep: (() => void) | undefined;
  const handler = (): void => {
    if (keep && !controller.signal.aborted) {
      keep();
      controller.abort();
      return;
    }
    say(keep ? `left without ${without}` : leaving);
    process.exit(exitCode.failed);
  };
  process.on('SIGINT', handler);
  process.on('SIGTERM', handler);
  return {
    signal: controller.signal,
    beginKeeping: (onFirst) => void (keep = onFirst),
    end: () => {
      process.off('SIGINT', handler);
      process.off('SIGTERM', handler);
    },
  };
}
