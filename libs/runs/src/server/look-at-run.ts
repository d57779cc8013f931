// Tested by run-server.int.test.ts.
import { setTimeout } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { LeafUnderWay } from '@mipnet/recursion';
import type { Progress } from '@mipnet/workflows';
import { askProgress, querySeconds } from './ask-progress.js';
import { leavesUnderWay, withLeaves } from './leaves-under-way.js';
import type { Namespace } from './list-runs.js';
import { StallWatch } from './stall-watch.js';
import type { Wait } from './wait-of-run.js';

export interface LookOptions {
  readonly client: Client;
  readonly namespace: Namespace;
  readonly run: string;
  /** Called about once a second. */
  readonly onProgress: (progress: Progress) => void;
  readonly say: (line: string) => void;
  /** Seconds without progress after which the reason is reported. */
  readonly stallSeconds: number;
  /** Asks what the run waits for. @param queryError the error of the query for its progress, if no worker answers */
  readonly waitOf: (queryError: string | undefined) => Promise<Wait | undefined>;
}

/** Shows the progress of a run, about once per second, and reports what it waits for if there is none. */
export class RunLook {
  readonly #options: LookOptions;
  readonly #pause = new AbortController();
  readonly #looking: Promise<void>;
  #ended = false;
  /** One per call: a call does not remove its listener. */
  #call = new AbortController();
  #queryError: string | undefined;
  /** Of the last progress, milliseconds since 1970. */
  answeredAt = Date.now();

  constructor(options: LookOptions) {
    this.#options = options;
    this.#looking = this.#look();
  }

  async #look(): Promise<void> {
    const { client, namespace, run, onProgress, say, stallSeconds, waitOf } = this.#options;
    const stall = new StallWatch({
      seconds: stallSeconds,
      say: (line) => !this.#ended && say(line),
      find: ({ answered }) => this.#leaving(() => waitOf(answered ? undefined : this.#queryError)),
    });
    let leaves: readonly LeafUnderWay[] = [];
    for (let second = 0; !this.#ended; second++) {
      // Workers heartbeat every two seconds.
      if (second % 2 === 0) leaves = await this.#leaving(() => leavesUnderWay(namespace, run)).catch(() => leaves);
      const { progress: answer, error } = await this.#leaving(() => askProgress(client, run));
      this.#queryError = error;
      const progress = answer && withLeaves(answer, leaves);
      if (progress) {
        this.answeredAt = Date.now();
        if (!this.#ended) onProgress(progress);
      }
      if (!this.#ended) await stall.look(progress);
      await setTimeout(1000, undefined, { signal: this.#pause.signal }).catch(() => undefined);
    }
  }

  #leaving<T>(body: () => Promise<T>): Promise<T> {
    this.#call = new AbortController();
    return this.#options.client.withAbortSignal(this.#call.signal, body);
  }

  async end(): Promise<void> {
    this.#ended = true;
    this.#pause.abort();
    this.#call.abort();
    // A call that is pending when the connection is closed would end the whole process.
    await Promise.race([this.#looking, setTimeout(2 * querySeconds * 1000, undefined, { ref: false })]);
  }
}
