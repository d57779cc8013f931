import { MemoryStore } from '@mipnet/object-store';
import { noLeaves, type Solved } from '@mipnet/recursion';
import { parsePlan } from '@mipnet/training';
import { expect, test } from 'vitest';
import type { EndedRun } from '../records/run-request.js';
import { comparedRun, settingsOf } from './compared-run.js';

const plan = parsePlan('name: a\ndataset: {name: digits}\nnetwork: [{dense: 1}]\nsolver: {workLimit: 20}', 'test');

test('the settings of a training are the keys of its plan, those of a verification its facts', () => {
  expect(settingsOf({ kind: 'train', plan } as never)).toMatchObject({
    'dataset.name': 'digits',
    'network.0.dense': '1',
    'solver.workLimit': '20',
  });
  expect(settingsOf({ kind: 'verify', network: 'n', facts: [['epsilon', '0.02']] } as never)).toEqual({
    epsilon: '0.02',
  });
});

const solved: Solved = {
  name: 'a',
  objective: 10,
  bound: 9,
  accuracy: { train: 0.5, validation: 0.4 },
  leaves: { ...noLeaves, optimal: 3 },
  seconds: { solver: 4, merge: 0 },
  stopped: false,
};
const ended = (more: Partial<Solved>, asked: object): EndedRun =>
  ({
    request: { run: 'r', asked, startedAt: '2026-01-01T00:00:00.000Z' },
    server: null,
    uiUrl: null,
    solved: { ...solved, ...more },
    endedAt: '2026-01-01T00:00:07.000Z',
  }) as unknown as EndedRun;

test('figures come from the result and the report; an objective of some parts is not compared', async () => {
  const asked = { kind: 'train', plan };
  const report = { accuracy: { train: 0.6, validation: 0.45, test: 0.44 }, network: { nonZero: 12 } };
  expect(await comparedRun(new MemoryStore(), ended({}, asked), report)).toMatchObject({
    ...{ test: 0.44, validation: 0.45, train: 0.6, objective: 10, nonZero: 12, mips: 3 },
    gap: expect.closeTo(0.1, 9),
    seconds: { wall: 7, solver: 4 },
  });
  const partial = ended({ covers: { parts: 1, of: 3, what: 'pairs' } }, asked);
  expect(await comparedRun(new MemoryStore(), partial, report)).toMatchObject({ objective: null, gap: null });
});

test('of a verification the fraction that is certified counts', async () => {
  const verdicts = { robust: 3, adversarial: 1, misclassified: 0, unresolved: 0 };
  const asked = { kind: 'verify', facts: [] };
  expect(await comparedRun(new MemoryStore(), ended({ verdicts }, asked), undefined)).toMatchObject({
    certified: 0.75,
    rounds: [],
  });
});
