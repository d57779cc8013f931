import { durationText } from '@mipnet/text';

/** Seconds from one line to the next. */
const every = 5;

/**
 * Does work that shows no progress of its own; what takes long says every five seconds that it is still under way.
 * @param what is done, as in `reading the data`
 */
export async function announced<T>(say: (line: string) => void, what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const timer = setInterval(() => say(`${what}: ${durationText((performance.now() - began) / 1000)}`), every * 1000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
