import { noLeaves } from '@mipnet/recursion';
import type { Progress } from '@mipnet/workflows';
import { expect, test } from 'vitest';
import { StallWatch } from './stall-watch.js';
import type { Wait } from './wait-of-run.js';

const progress: Progress = {
  run: 'r',
  name: 'n',
  split: 'pairs',
  phase: 'solving',
  round: 0,
  solved: 9,
  total: 45,
  inFlight: 2,
  outstanding: 36,
  objective: 1,
  bound: 1,
  gap: 0,
  questions: null,
  verdicts: null,
  accuracy: { train: 1, validation: 0.5 },
  counts: { ...noLeaves, optimal: 9 },
  seconds: { solver: 1, merge: 0 },
  stopped: false,
  paused: false,
  startedAt: 0,
  etaSeconds: 90,
};

/** Looks once a second for so many seconds; the estimate changes all the time. */
function watched(waits: () => Wait | undefined) {
  let now = 0;
  const said: string[] = [];
  const watch = new StallWatch({
    seconds: 15,
    find: async () => waits(),
    say: (line) => said.push(`${now / 1000}: ${line}`),
    now: () => now,
  });
  const pass = async (seconds: number, seen: Progress | undefined): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      now += 1000;
      await watch.look(seen && { ...seen, etaSeconds: now });
    }
  };
  return { said, pass };
}
const noSolver: Wait = { reason: 'solver', text: 'no solver' };

test('says within 30 s what a run waits for, once, and that it goes on', async () => {
  const { said, pass } = watched(() => noSolver);
  await pass(60, progress);
  expect(said).toEqual(['16: waiting: no solver']);
  await pass(3, { ...progress, solved: 10 });
  expect(said.slice(1)).toEqual(['61: the run continues']);
  await pass(30, undefined);
  expect(said[2]).toMatch(/^7\d: waiting: no solver/);
});

test('another reason is said, and a run that somebody works on goes on', async () => {
  let wait: Wait | undefined = noSolver;
  const { said, pass } = watched(() => wait);
  await pass(20, undefined);
  wait = { reason: 'orchestrator', text: 'no orchestrator' };
  await pass(20, undefined);
  wait = undefined;
  await pass(20, progress);
  expect(said.map((line) => line.replace(/^\d+: /, ''))).toEqual([
    'waiting: no solver',
    'waiting: no orchestrator',
    'the run continues',
  ]);
});

test.each<[string, Progress]>([
  ['moves', progress],
  ['is paused', { ...progress, paused: true }],
  ['is done', { ...progress, phase: 'done' }],
])('a run that %s waits for nobody', async (what, seen) => {
  const { said, pass } = watched(() => noSolver);
  for (let at = 0; at < 20; at++) await pass(2, what === 'moves' ? { ...seen, solved: at } : seen);
  expect(said).toEqual([]);
});
