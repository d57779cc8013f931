import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from './virtual-clock.js';

const never = new Promise<void>(() => undefined);

describe('virtual clock', () => {
  it('runs events in order of time, and of planning at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 60 }), async (times) => {
        const clock = new VirtualClock();
        const seen: [number, number][] = [];
        const done = new Promise<void>((resolve) => {
          times.forEach((time, index) =>
            clock.at(time, () => {
              expect(clock.now).toBe(time);
              if (seen.push([time, index]) === times.length) resolve();
              clock.letOthersRun();
            }),
          );
        });
        await clock.runUntil(done);
        expect(seen).toEqual(times.map((time, index) => [time, index]).sort(([a, i], [b, j]) => a - b || i - j));
      }),
      { numRuns: 30 },
    );
  });

  it('lets all that awaits an event run before time goes on', async () => {
    const clock = new VirtualClock();
    const wait = (seconds: number): Promise<void> =>
      new Promise((resolve) =>
        clock.after(seconds, () => {
          resolve();
          clock.letOthersRun();
        }),
      );
    const walk = async (): Promise<number> => {
      for (let i = 0; i < 5; i++) {
        await wait(1);
        for (let tick = 0; tick < 20; tick++) await undefined;
      }
      return clock.now;
    };
    clock.at(4.5, () => undefined);
    expect(await clock.runUntil(walk())).toBe(5);
  });

  it('says so when nothing can happen any more, and passes errors on', async () => {
    await expect(new VirtualClock().runUntil(never)).rejects.toThrow(/stands still after 0 s/);
    const clock = new VirtualClock();
    clock.at(1, () => undefined);
    await expect(clock.runUntil(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });
});
