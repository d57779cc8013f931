import { afterEach, expect, test, vi } from 'vitest';
import { announced } from './announced.js';

afterEach(() => void vi.useRealTimers());

test('work that takes long says so every five seconds, until it ends or fails', async () => {
  vi.useFakeTimers();
  const said: string[] = [];
  const say = (line: string): void => void said.push(line);
  // eslint-disable-next-line no-restricted-globals -- no real time passes
  const after = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  const long = announced(say, 'reading the data', async () => {
    await after(12);
    return 7;
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await long).toBe(7);
  expect(said).toEqual(['reading the data: 5 s', 'reading the data: 10 s']);

  const failing = announced(say, 'testing the network', async () => {
    await after(3);
    throw new Error('no disk');
  });
  const failed = expect(failing).rejects.toThrow('no disk');
  await vi.advanceTimersByTimeAsync(60_000);
  await failed;
  expect(said).toHaveLength(2);
});
