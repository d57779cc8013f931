import { setTimeout } from 'node:timers/promises';
import { storePatienceSeconds } from '@mipnet/workflows/plain';

const pauseSeconds = 5;

/** An outage of the store after a run must not lose its result: the wait is as long as during the run. */
export async function whenStoreAnswers<T>(body: () => Promise<T>, say: (line: string) => void): Promise<T> {
  const deadline = performance.now() + storePatienceSeconds * 1000;
  for (let said = false; ;) {
    try {
      return await body();
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'unavailable' || performance.now() > deadline) throw error;
      if (!said)
        say(`waiting for the object store, up to ${storePatienceSeconds / 60} minutes: ${(error as Error).message}`);
      said = true;
      await setTimeout(pauseSeconds * 1000);
    }
  }
}
