import type { Progress } from '@mipnet/workflows';
import type { Wait } from './wait-of-run.js';

export interface StallWatchOptions {
  /** Seconds without progress after which the reason is looked up. */
  readonly seconds: number;
  readonly find: (run: { readonly answered: boolean }) => Promise<Wait | undefined>;
  readonly say: (line: string) => void;
  /** Milliseconds. @default Date.now */
  readonly now?: () => number;
}

/** Reports what a run waits for if it makes no progress, once per reason, and when it continues. */
export class StallWatch {
  readonly #options: StallWatchOptions;
  readonly #now: () => number;
  #movedAt: number;
  #askedAt = -Infinity;
  #seen: string | undefined;
  #said: Wait['reason'] | undefined;

  constructor(options: StallWatchOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#movedAt = this.#now();
  }

  /** @param progress undefined when nobody answers */
  async look(progress: Progress | undefined): Promise<void> {
    if (this.#moved(progress)) {
      this.#movedAt = this.#now();
      this.#resolved();
      return;
    }
    const { seconds, find, say } = this.#options;
    const now = this.#now();
    if (now - this.#movedAt < seconds * 1000 || now - this.#askedAt < (seconds * 1000) / 2) return;
    this.#askedAt = now;
    const wait = await find({ answered: progress !== undefined });
    if (!wait) this.#resolved();
    else if (wait.reason !== this.#said) {
      this.#said = wait.reason;
      say(`waiting: ${wait.text}`);
    }
  }

  #moved(progress: Progress | undefined): boolean {
    if (!progress) return false;
    // The estimate changes as time passes.
    const seen = JSON.stringify({ ...progress, etaSeconds: null, eta: undefined });
    const changed = seen !== this.#seen;
    this.#seen = seen;
    return changed || progress.paused || progress.phase === 'done';
  }

  #resolved(): void {
    if (this.#said === undefined) return;
    this.#said = undefined;
    this.#options.say('the run continues');
  }
}
