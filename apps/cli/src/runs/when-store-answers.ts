import { setTimeout } from 'node:timers/promises';

const tries = 60;
const pauseSeconds = 5;

/** After a run its result must not be lost to a store that is just being restarted: some minutes of patience. */
export async function whenStoreAnswers<T>(body: () => Promise<T>, say: (line: string) => void): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await body();
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'unavailable' || tried === tries) throw error;
      if (tried === 1) say(`waiting for the object store: ${(error as Error).message}`);
      await setTimeout(pauseSeconds * 1000);
    }
  }
}
