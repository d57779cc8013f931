import type { ObjectRef } from '@mipnet/object-store';
import { noLeaves } from '@mipnet/recursion';
import type { SweepProblem, SweepResult } from '@mipnet/sweep';
import { describe, expect, test } from 'vitest';
import type { EndedRun } from '../../records/run-request.js';
import { unchosen } from './collect-sweep.js';
import type { FinalNetwork } from './final-networks.js';
import type { SweepAsked } from './sweep-asked.js';
import { sweepReport, type SweepReport } from './sweep-report.js';
import { sweepSummary } from './sweep-summary.js';
import type { SweepRun } from './sweep-runs.js';

const ref: ObjectRef = { key: 'sweeps/x', sha256: '0'.repeat(64), bytes: 1 };
const sweep: SweepProblem = {
  name: 'heart',
  settings: [1, 2, 4].map((margin) => ({ name: `margin=${margin}`, values: { margin: String(margin) } })),
  repeats: [0, 1].map((at) => ({ name: `splitSeed=${at}`, values: { splitSeed: String(at) }, division: at })),
  divisions: [{ name: 'splitSeed=0' }, { name: 'splitSeed=1' }],
  cells: [],
  folds: 0,
  rungs: { by: 'rows', factor: 2, scales: [0.5, 1] },
  final: true,
  seed: 0,
};
const run = (setting: number, repeat: number, round: number, validation: number | null): SweepRun => ({
  setting,
  repeat,
  fold: null,
  round,
  validation,
  train: 0.9,
  objective: 10 * round,
  isPartial: false,
  bound: 5,
  gap: 0.5,
  nonZero: 7,
  seconds: { solver: 2, merge: 0 },
  subproblems: { total: 1, failed: 0, reused: 0 },
});
const network = (repeat: number, setting: number, test: number): FinalNetwork => ({
  division: `splitSeed=${repeat}`,
  name: `splitSeed=${repeat}`,
  setting,
  repeat,
  file: `/n/${repeat}.onnx`,
  rows: { train: 200, test: 61 },
  accuracy: { train: 0.9, test },
  parameters: 9,
  nonZero: 5,
  objective: 1,
  bound: 0,
  gap: 1,
  seconds: { solver: 1, merge: 0 },
  subproblems: { total: 1, failed: 0, reused: 0 },
});
const ended: EndedRun<SweepAsked> = {
  request: {
    run: 'heart-sweep-1',
    asked: { kind: 'sweep', name: 'heart', keys: ['margin'], repeated: ['splitSeed'], settings: 3, repeats: 2 },
    node: { kind: 'sweep', name: 'heart', problem: ref, splits: ['settings'] },
    storeUrl: 'memory:',
    startedAt: '2026-01-01T00:00:00.000Z',
  },
  server: null,
  uiUrl: null,
  endedAt: '2026-01-01T00:01:00.000Z',
  solved: {
    name: 'heart',
    objective: null,
    bound: null,
    accuracy: { train: null, validation: 0.9 },
    leaves: { ...noLeaves, optimal: 11, failed: 1, reused: 4 },
    seconds: { solver: 20, merge: 1 },
    stopped: false,
  },
};
const result: SweepResult = { rungs: [], chosen: [0, 2], finals: [] };
const runs = [
  ...[0, 1].flatMap((repeat) => [
    run(0, repeat, 1, 0.5),
    run(1, repeat, 1, repeat === 0 ? null : 0.4),
    run(2, repeat, 1, 0.6),
  ]),
  run(0, 0, 2, 0.8),
  run(0, 1, 2, 0.7),
  run(2, 0, 2, 0.75),
  run(2, 1, 2, 0.85),
];
const report: SweepReport = sweepReport(ended, {
  sweep,
  result,
  runs,
  networks: [network(0, 0, 0.8), network(1, 2, 0.84)],
});

describe('the report of a sweep', () => {
  test('figures of a setting are those of the last round that it reached', () => {
    const [first, second, third] = report.settings;
    expect(first).toMatchObject({
      round: 2,
      chosen: 1,
      trainings: 2,
      failed: 0,
      objective: { mean: 20, sd: 0, count: 2 },
    });
    expect(first.validation!.mean).toBeCloseTo(0.75, 12);
    expect(third.validation!.mean).toBeCloseTo(0.8, 12);
    // One training of it has no result.
    expect(second).toMatchObject({ round: 1, chosen: 0, validation: null, failed: 1 });
  });

  test('test accuracy is that of the last round, with its spread', () => {
    expect(report.final!.test!.mean).toBeCloseTo(0.82, 12);
    expect(report.final!.test!.sd).toBeCloseTo(0.02828, 5);
    expect(report.chosen).toEqual([
      { division: 'splitSeed=0', setting: 0, name: 'margin=1' },
      { division: 'splitSeed=1', setting: 2, name: 'margin=4' },
    ]);
    expect(report.subproblems).toEqual({ total: 12, failed: 1, reused: 4, unfinished: 0 });
  });

  test('as text: best settings first, what failed is said', () => {
    const text = sweepSummary(report, false);
    const rows = text.split('\n').filter((line) => line.startsWith('| margin'));
    expect(rows.map((row) => row.split('|')[1].trim())).toEqual(['margin=4', 'margin=1', 'margin=2']);
    expect(rows[0]).toMatch(/80\.00% \+- 7\.07.*2 of 2.*1 times/);
    expect(rows[2]).toContain('1 of 2 without a result');
    expect(text).toMatch(/final {8}82\.00% \+- 2\.83 on the test rows, over 2 networks/);
    expect(text).toContain('splitSeed=1: margin=4: 84.00% of 61 test rows, 200 training rows, /n/1.onnx');
    expect(unchosen(report, false)).toEqual([
      'the setting margin=2 is not compared: 1 of its 2 trainings has no result; the other settings count',
    ]);
    expect(unchosen(report, true)).toEqual([]);
  });

  test('without a last round', () => {
    const study = sweepReport(ended, { sweep: { ...sweep, final: false }, result, runs, networks: [] });
    expect(study.final).toBeNull();
    expect(sweepSummary(study, false)).toContain('final        none: the file of the sweep says final: none');
    const stopped = sweepReport(ended, { sweep, result: { ...result, chosen: [] }, runs: [], networks: [] });
    expect(sweepSummary(stopped, true)).toMatch(/^stopped early[^]*final {8}none: the last round was not reached/);
  });
});
