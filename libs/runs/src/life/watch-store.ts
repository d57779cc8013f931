// Tested by finish-run.unit.test.ts.
import { setTimeout as pause } from 'node:timers/promises';
import { storeIdKey, type ObjectStore } from '@mipnet/object-store';
import { storePatienceSeconds } from '@mipnet/workflows/plain';

export interface StoreWatch {
  end(): void;
}

/**
 * Seconds between two checks, between two checks while the store does not answer, and of one check before the store
 * counts as not answering.
 */
const everySeconds = 10;
const everySecondsAway = 1;
const answerSeconds = 15;

/**
 * Checks the object store of a run now and then and reports when it does not answer: the run then waits for it, and the
 * user should know why. It keeps no process alive.
 */
export function watchStore(
  store: ObjectStore,
  say: (line: string) => void,
  seconds = { every: everySeconds, away: everySecondsAway, answer: answerSeconds },
): StoreWatch {
  let ended = false;
  const looking = async (): Promise<void> => {
    let isAway = false;
    while (!ended) {
      const answers = await Promise.race([
        store.size(storeIdKey).then(
          () => true,
          (error: unknown) => (error as { code?: unknown }).code !== 'unavailable',
        ),
        pause(seconds.answer * 1000, false, { ref: false }),
      ]);
      if (ended) return;
      if (!answers && !isAway)
        say(
          `the object store ${store.url} does not answer; the run waits for it, up ` +
            `to ${storePatienceSeconds / 60} minutes`,
        );
      if (answers && isAway) say('the object store answers again; the run continues');
      isAway = !answers;
      await pause((isAway ? seconds.away : seconds.every) * 1000, undefined, { ref: false });
    }
  };
  void looking();
  return { end: () => void (ended = true) };
}
