import { noLeaves } from '@mipnet/recursion';
import { expect, test } from 'vitest';
import { factsOf, lineOf, longLeaves, wrapFacts, type ShownProgress } from './progress-lines.js';

const progress: ShownProgress = {
  phase: 'solving',
  solved: 9,
  total: 45,
  outstanding: 36,
  objective: 12.34,
  bound: 12,
  gap: 0.0276,
  questions: null,
  verdicts: null,
  accuracy: { train: 1, validation: 0.5 },
  counts: { ...noLeaves, optimal: 3, feasible: 6 },
  stopped: false,
  paused: false,
  startedAt: 0,
  eta: { least: 60, most: 120 },
};
const textOf = (more: Partial<ShownProgress>, now = 20_000): string =>
  factsOf({ ...progress, ...more }, now).join(' | ');

test('facts: what is known, time first', () => {
  expect(textOf({})).toBe(
    '20 s, 1 to 2 min left | objective 12.34 | bound 12 | gap 2.8% | ' +
      'validation accuracy so far 50.0% | 3 proven optimal',
  );
  expect(textOf({ stopped: true })).toMatch(/^20 s, stopping \|/);
  expect(textOf({ stopped: true, phase: 'done' })).toMatch(/^20 s, stopped \|/);
  expect(textOf({ paused: true })).toMatch(/^20 s, paused \|/);
  expect(
    textOf(
      {
        objective: null,
        bound: null,
        gap: null,
        accuracy: { train: null, validation: null },
        counts: noLeaves,
        eta: undefined,
      },
      1000,
    ),
  ).toBe('1 s');
});

test('while parts are missing, figures say what they cover', () => {
  expect(textOf({ covers: { parts: 9, of: 45, what: 'pairs' }, bound: null, gap: null })).toBe(
    '20 s, 1 to 2 min left | objective 12.34 of 9 of 45 pairs | validation accuracy so far 50.0% with 9 of 45 ' +
      'pairs | 3 proven optimal',
  );
});

test('time is that of the round if another round follows', () => {
  const round = { name: 'round 3 of 10', at: 3, of: 10 };
  expect(textOf({ roundName: round })).toMatch(/^20 s, 1 to 2 min left in this round \| round 3 of 10 \|/);
  expect(textOf({ roundName: { ...round, at: 10 } })).toMatch(/^20 s, 1 to 2 min left \|/);
});

test('a run that is one MIP says what the MIP does', () => {
  const leaf = { name: 'one', step: 'relaxation', objective: null, bound: 0, nodes: 0, work: 3097, startedAt: 0 };
  const sole = { ...progress, solved: 0, total: 1, objective: null, bound: null, gap: null, underWay: [leaf] };
  expect(
    lineOf({ ...sole, eta: undefined, counts: noLeaves, accuracy: { train: null, validation: null } }, 22_000),
  ).toBe('0/1 MIPs | 22 s | relaxation, 3,097 LP iterations');
  expect(longLeaves(sole, 22_000, 3)).toEqual([]);
});

test('MIPs that are not long have no line of their own', () => {
  const leaf = { name: 'pair 4v9', objective: 12.04, bound: 0, nodes: 12, work: 0, startedAt: 0 };
  const underWay = [leaf, { ...leaf, name: 'pair 3v8', startedAt: 9000 }];
  expect(longLeaves({ ...progress, underWay }, 10_000, 3)).toEqual([
    'pair 4v9: 10 s, reading, 12 nodes, objective 12.04, bound 0, gap 100.0%',
  ]);
});

test('lines end between facts', () => {
  expect(wrapFacts(['aaaa', 'bbbb', 'cc'], 11)).toEqual(['aaaa | bbbb', 'cc']);
  expect(wrapFacts(['aaaa', 'bbbb', 'cc'], 10)).toEqual(['aaaa', 'bbbb | cc']);
});
