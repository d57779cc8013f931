import { noLeaves } from '@mipnet/recursion';
import type { Progress } from '@mipnet/workflows';
import { expect, test } from 'vitest';
import { factsOf, progressDisplay } from './progress-display.js';

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
  objective: 12.34,
  bound: 12,
  gap: 0.0276,
  questions: null,
  verdicts: null,
  accuracy: { train: 1, validation: 0.5 },
  counts: { ...noLeaves, optimal: 3, feasible: 6 },
  seconds: { solver: 1, merge: 0 },
  stopped: false,
  paused: false,
  startedAt: 0,
  etaSeconds: 90,
};

test('facts: what is known, time first', () => {
  expect(factsOf(progress, 20_000)).toBe(
    '20 s, 1 min 30 s to go | validation accuracy so far 50.0% | objective 12.3 | gap 2.8% | 3 proven optimal',
  );
  expect(factsOf({ ...progress, stopped: true }, 20_000)).toMatch(/^20 s, stopping \|/);
  expect(factsOf({ ...progress, stopped: true, phase: 'done' }, 20_000)).toMatch(/^20 s, stopped \|/);
  expect(
    factsOf(
      {
        ...progress,
        objective: null,
        gap: null,
        questions: null,
        verdicts: null,
        accuracy: { train: null, validation: null },
        counts: noLeaves,
        etaSeconds: null,
      },
      1000,
    ),
  ).toBe('1 s');
});

test('while parts are missing, figures say what they cover', () => {
  const partly = factsOf({ ...progress, covers: { parts: 9, of: 45, what: 'pairs' }, gap: null }, 20_000);
  expect(partly).toBe(
    '20 s, 1 min 30 s to go | validation accuracy so far 50.0% with 9 of 45 pairs | objective 12.3 of 9 ' +
      'of 45 pairs | 3 proven optimal',
  );
});

test('says once what keeps the run from going on, also before there is anything to show', () => {
  const lines: string[] = [];
  const display = progressDisplay({
    isTTY: false,
    write: (text: string) => lines.push(text),
  } as unknown as NodeJS.WriteStream);
  for (const trouble of [
    'worker 1 has another store',
    'worker 1 has another store',
    'worker 2 has another store',
    'worker 1 has another store',
  ]) {
    display.show({ ...progress, total: 0, trouble });
  }
  expect(lines).toEqual(['worker 1 has another store\n', 'worker 2 has another store\n']);
});

test('without a terminal: the first news at once, then a line now and then, and the last word', () => {
  const lines: string[] = [];
  const display = progressDisplay({
    isTTY: false,
    write: (text: string) => lines.push(text),
  } as unknown as NodeJS.WriteStream);
  display.show({ ...progress, total: 0, solved: 0 });
  expect(lines).toEqual([]);
  display.show({ ...progress, solved: 0 });
  display.show({ ...progress, solved: 10 });
  display.show({ ...progress, solved: 45, outstanding: 0 });
  display.end();
  expect(lines.map((line) => line.trim().split(' ')[0])).toEqual(['0/45', '45/45']);
});
