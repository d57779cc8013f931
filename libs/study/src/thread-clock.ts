import { readFileSync } from 'node:fs';

/** Seconds since some moment. */
export type Clock = () => number;

/**
 * Processor time of the calling thread where the system tells it (Linux), so that a busy machine does not make an
 * encoding look slow; elsewhere the time of day.
 */
export function threadClock(): Clock {
  const file = '/proc/thread-self/schedstat';
  // "nanoseconds on the processor, nanoseconds waiting for one, timeslices", for the thread that reads it.
  const seconds = (): number => Number(readFileSync(file, 'latin1').split(' ', 1)[0]) / 1e9;
  try {
    return seconds() > 0 ? seconds : wallClock;
  } catch {
    return wallClock;
  }
}

export const wallClock: Clock = () => performance.now() / 1000;

/** Tells whether `limit` seconds of a clock are over; asks the clock at most every few milliseconds. */
export function deadline(clock: Clock, limit: number): () => boolean {
  const until = clock() + limit;
  let askedAt = -Infinity;
  let over = limit <= 0;
  return () => {
    if (over || performance.now() - askedAt < 10) return over;
    askedAt = performance.now();
    return (over = clock() >= until);
  };
}
