// Tested by ../e2e/verify.e2e.test.ts.
import { exitCode } from '../program/exit-code.js';

export interface Interrupt {
  /** Aborted by a Ctrl-C after `beginKeeping`. */
  readonly signal: AbortSignal;
  /** From now on there may be an incumbent: the first Ctrl-C or SIGTERM asks for it. Until then it leaves at once. */
  beginKeeping(onFirst: () => void): void;
  end(): void;
}

/**
 * What Ctrl-C and SIGTERM do while a run is prepared and while it runs. The second one always leaves at once.
 * @param leaving said when there is nothing to keep
 * @param without what a second Ctrl-C leaves without
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
