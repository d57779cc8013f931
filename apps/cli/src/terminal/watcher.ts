import type { Watcher } from '@mipnet/runs';
import { onInterrupt } from './interrupt.js';
import { progressDisplay } from './progress-display.js';

export interface TerminalWatcher extends Watcher {
  /** Removes the progress and the signal handlers. */
  close(): void;
}

/**
 * The person at this terminal: progress on stderr, Ctrl-C and SIGTERM.
 * @param leaving the message if there is nothing to
 * keep
 * @param without what is lost after a second Ctrl-C, for its message
 */
export function watchFromTerminal(leaving?: string, without?: string): TerminalWatcher {
  const { say, show, end: showEnd } = progressDisplay();
  const interrupt = onInterrupt(say, leaving, without);
  return {
    say,
    show,
    showEnd,
    signal: interrupt.signal,
    beginKeeping: interrupt.beginKeeping,
    close() {
      showEnd();
      interrupt.end();
    },
  };
}
