import { noLeaves, type LeafUnderWay } from '@mipnet/recursion';
import type { Progress } from '@mipnet/workflows';
import { expect, test } from 'vitest';
import { progressDisplay, screenOf } from './progress-display.js';

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
  eta: { least: 60, most: 120 },
};
const leaf: LeafUnderWay = {
  name: 'pair 4v9',
  step: 'branch and cut',
  objective: 12.04,
  bound: 3.01,
  nodes: 4213,
  work: 99_000,
  startedAt: 5000,
};

/** A stream that keeps what is written, and a clock. */
function watched(columns?: number, verbosity?: 'quiet' | 'verbose') {
  const written: string[] = [];
  let now = 0;
  const stream = { isTTY: columns !== undefined, columns, write: (text: string) => written.push(text) };
  const display = progressDisplay(stream as unknown as NodeJS.WriteStream, { verbosity, now: () => now });
  return { written, display, at: (seconds: number) => void (now = 1000 * seconds) };
}

test('what a run waits for is printed once, even before there is progress, and even if it is to be quiet', () => {
  for (const how of [undefined, 'quiet'] as const) {
    const { written, display } = watched(undefined, how);
    for (const worker of [1, 1, 2, 1])
      display.show({ ...progress, total: 0, trouble: `worker ${worker} has another store` });
    expect(written).toEqual(['worker 1 has another store\n', 'worker 2 has another store\n']);
  }
});

test('without a terminal: the first news at once, then a line now and then, and the last word', () => {
  const { written, display, at } = watched();
  display.show({ ...progress, total: 0, solved: 0 });
  expect(written).toEqual([]);
  display.show({ ...progress, solved: 0 });
  at(4);
  display.show({ ...progress, solved: 10 });
  at(5);
  display.show({ ...progress, solved: 12 });
  at(6);
  display.show({ ...progress, solved: 45, outstanding: 0 });
  display.end();
  expect(written.map((line) => line.trim().split(' ')[0])).toEqual(['0/45', '12/45', '45/45']);
});

test('without a terminal: one long MIP is a line every five seconds, with incumbent, bound, gap and nodes', () => {
  const { written, display, at } = watched();
  for (let second = 0; second < 60; second++) {
    at(second);
    display.show({ ...progress, solved: 0, total: 1, outstanding: 1, eta: undefined, underWay: [leaf] });
  }
  expect(written).toHaveLength(12);
  for (const line of written)
    expect(line).toMatch(/objective 12.34 \| bound 12 \| gap 2.8%.*branch and cut, 4,213 nodes/);
});

test('a division and a merge are announced, though the last line is young', () => {
  const { written, display, at } = watched();
  display.show(progress);
  at(2);
  display.show({ ...progress, phase: 'merging' });
  expect(written[1]).toMatch(/2 s, merging/);
});

test('--quiet says nothing of the work; --verbose says what each MIP does', () => {
  const quiet = watched(undefined, 'quiet');
  quiet.display.say('training');
  quiet.display.show({ ...progress, underWay: [leaf] });
  quiet.display.end();
  expect(quiet.written).toEqual([]);

  const verbose = watched(undefined, 'verbose');
  verbose.at(10);
  verbose.display.show({ ...progress, underWay: [leaf] });
  verbose.at(12);
  verbose.display.show({ ...progress, underWay: [{ ...leaf, objective: 11 }] });
  expect(verbose.written.filter((line) => line.startsWith('pair'))).toEqual([
    'pair 4v9, 5 s: begins\n',
    'pair 4v9, 5 s: branch and cut\n',
    'pair 4v9, 5 s: objective 12.04, bound 3.01, 4,213 nodes, 99,000 LP iterations\n',
    'pair 4v9, 7 s: objective 11, bound 3.01, 4,213 nodes, 99,000 LP iterations\n',
  ]);
});

const plain = (_style: unknown, text: string): string => text;
const nested: Progress = {
  ...progress,
  total: 109,
  roundName: { name: 'layer 1 of 2: conv, 64 filters', at: 1, of: 2 },
  roundLeaves: { solved: 9, total: 64 },
  covers: { parts: 1, of: 2, what: 'layers' },
  underWay: [leaf, { ...leaf, name: 'pair 3v8', startedAt: 39_000 }],
};

test.each([40, 80, 100, 160])('a terminal of %i columns shows everything that matters, and cuts nothing', (columns) => {
  const screen = screenOf(nested, 40_000, columns, plain);
  const lines = screen.split('\n');
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
  for (const fact of ['9/109 MIPs', 'objective 12.34', 'gap 2.8%', 'filters: 9/64', '50.0%'])
    expect(lines.some((line) => line.includes(fact))).toBe(true);
});

test('a wide terminal has a table of long MIPs', () => {
  const lines = screenOf(nested, 40_000, 160, plain).split('\n').slice(-2);
  expect(lines).toEqual([
    'MIP       step            time  objective  bound    gap  nodes',
    'pair 4v9  branch and cut  35 s      12.04   3.01  75.0%  4,213',
  ]);
});

test('on a terminal, progress is redrawn below what is said, and its last state stays', () => {
  const { written, display, at } = watched(80);
  display.show(progress);
  display.say('a worker joined');
  at(20);
  display.show({ ...progress, solved: 45, outstanding: 0, phase: 'done' });
  display.end();
  const text = written.join('');
  expect(text.indexOf('a worker joined')).toBeGreaterThan(text.indexOf('9/45'));
  expect(
    text.endsWith(
      '45/45 MIPs | 20 s | objective 12.34 | bound 12 | gap 2.8%\n' +
        'validation accuracy so far 50.0% | 3 proven optimal\n',
    ),
  ).toBe(true);
});

test.each([
  [0, 0],
  [0, 24],
  [80, 0],
])('a terminal that does not know its size gets lines: %i columns, %i rows', (columns, rows) => {
  const written: string[] = [];
  const stream = { isTTY: true, columns, rows, write: (text: string) => written.push(text) };
  progressDisplay(stream as unknown as NodeJS.WriteStream, { now: () => 0 }).show(progress);
  expect(written.join('')).toMatch(/^ {2}9\/45 MIPs \|/);
});
