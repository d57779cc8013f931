import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noLeaves, relativeGap, type LeafCounts, type ProblemNode, type Solved } from '@mipnet/recursion';
import { currentDetails } from './current-details.js';
import { NodeProgress } from './progress.js';

const node = (name: string, ...splits: string[]): ProblemNode => ({
  kind: 'train',
  name,
  problem: { key: 'k', sha256: '', bytes: 0 },
  splits,
});
const solvedOf = (name: string, leaves: Partial<LeafCounts>, more: Partial<Solved> = {}): Solved => ({
  name,
  objective: null,
  bound: null,
  accuracy: { train: null, validation: null },
  leaves: { ...noLeaves, ...leaves },
  seconds: { solver: 2, merge: 0 },
  stopped: false,
  ...more,
});
const root = node('root', 'pairs');
const leaves = (count: number): ProblemNode[] => Array.from({ length: count }, (_, i) => node(`part ${i}`));
const start = 1_000_000;

describe('NodeProgress', () => {
  it('counts leaves and tells when the round will end', () => {
    const progress = new NodeProgress('r', root, start);
    progress.apply({ kind: 'divided', node: root, round: 0, parts: leaves(10) }, start + 5000);
    progress.leavesBegan(1);
    progress.leavesBegan(1);
    expect(progress.snapshot(start + 6000)).toMatchObject({
      solved: 0,
      total: 10,
      outstanding: 10,
      inFlight: 2,
      etaSeconds: null,
      split: 'pairs',
    });
    progress.leavesEnded(1);
    progress.apply(
      { kind: 'part', node: root, round: 0, index: 3, solved: solvedOf('other name', { optimal: 1 }) },
      start + 9000,
    );
    expect(progress.snapshot(start + 9000)).toMatchObject({
      solved: 1,
      total: 10,
      outstanding: 9,
      inFlight: 1,
      // One leaf says nothing about the others.
      etaSeconds: null,
      counts: { optimal: 1 },
      seconds: { solver: 2 },
    });
  });

  it('tells as a range when the round will end, and does not count the time of a pause', () => {
    const progress = new NodeProgress('r', root, start);
    progress.apply({ kind: 'divided', node: root, round: 0, parts: leaves(40) }, start);
    const end = (index: number, second: number): void =>
      progress.apply(
        { kind: 'part', node: root, round: 0, index, solved: solvedOf(`part ${index}`, { feasible: 1 }) },
        start + 1000 * second,
      );
    for (let index = 0; index < 10; index++) end(index, 2 * index + 2);
    // Ten leaves of 2 s each, one after the other; thirty are left.
    const { eta, etaSeconds } = progress.snapshot(start + 20_000);
    expect(eta!.least).toBeLessThan(60);
    expect(eta!.most).toBeGreaterThan(60);
    expect(etaSeconds).toBeGreaterThan(50);
    expect(etaSeconds).toBeLessThan(75);
    progress.pause();
    const paused = progress.snapshot(start + 500_000);
    expect(paused).toMatchObject({ paused: true, etaSeconds: null });
    expect(paused.eta).toBeUndefined();
    progress.resume(start + 500_000);
    for (let index = 10; index < 20; index++) end(index, 500 + 2 * (index - 9));
    expect(progress.snapshot(start + 520_000).eta!.most).toBeLessThan(80);
  });

  it('does not count the time before there was a free slot', () => {
    const progress = new NodeProgress('r', root, start);
    progress.apply({ kind: 'divided', node: root, round: 0, parts: leaves(40) }, start);
    for (let index = 0; index < 10; index++)
      progress.apply(
        { kind: 'part', node: root, round: 0, index, solved: solvedOf(`part ${index}`, { feasible: 1 }) },
        start + 600_000 + 2000 * index,
      );
    // Ten leaves of 2 s each, after ten minutes of waiting.
    expect(progress.snapshot(start + 618_000).eta!.most).toBeLessThan(120);
  });

  it('takes results of earlier runs for no sign of its speed', () => {
    const progress = new NodeProgress('r', root, start);
    progress.apply({ kind: 'divided', node: root, round: 0, parts: leaves(40) }, start);
    for (let index = 0; index < 30; index++)
      progress.apply(
        { kind: 'part', node: root, round: 0, index, solved: solvedOf(`part ${index}`, { feasible: 1, reused: 1 }) },
        start + 100 * index,
      );
    expect(progress.snapshot(start + 10_000).eta).toBeUndefined();
  });

  it('names the round, the round inside its only part, and what of it has ended', () => {
    const layered = node('root', 'layers', 'batches');
    const progress = new NodeProgress('r', layered, start);
    const layer = { name: 'layer 1 of 2: conv, 64 filters', at: 1, of: 2 };
    const part = { ...node('layer 0', 'batches'), title: layer.name, roundName: layer };
    progress.apply({ kind: 'divided', node: layered, round: 0, parts: [part] }, start);
    expect(progress.snapshot(start)).toMatchObject({ roundName: layer, roundLeaves: { solved: 0, total: 1 } });
    const child = new NodeProgress('r', part, start);
    const batches = leaves(4).map((leaf, at) =>
      at === 0 ? { ...leaf, roundName: { name: 'round 3 of 10', at: 3, of: 10 } } : leaf,
    );
    child.apply({ kind: 'divided', node: part, round: 2, parts: batches }, start);
    child.apply({ kind: 'part', node: part, round: 2, index: 0, solved: solvedOf('part 0', { optimal: 1 }) }, start);
    progress.childReported(child.snapshot(start), start);
    expect(progress.snapshot(start)).toMatchObject({
      roundName: { name: 'layer 1 of 2: conv, 64 filters, round 3 of 10', at: 1, of: 2 },
      roundLeaves: { solved: 1, total: 4 },
    });
  });

  it('shows what its leaves say until they end; the values of a run that is one MIP are those of the MIP', () => {
    const alone = node('alone');
    const progress = new NodeProgress('r', alone, start);
    progress.apply({ kind: 'divided', node: alone, round: 0, parts: [alone] }, start);
    const news = { name: 'alone', step: 'branch and cut', objective: 8, bound: 6, nodes: 3, work: 9, startedAt: start };
    progress.leafReported({ ...news, name: 'another' });
    expect(progress.snapshot(start).underWay).toBeUndefined();
    progress.leafReported(news);
    expect(progress.snapshot(start)).toMatchObject({ underWay: [news], objective: 8, bound: 6, gap: 0.25 });
    // The value of a later objective of the plan is not that of the run.
    progress.leafReported({ ...news, stage: 1, objective: 1, bound: 1 });
    expect(progress.snapshot(start)).toMatchObject({ objective: 8, bound: 6 });
    const solved = solvedOf('alone', { feasible: 1 }, { objective: 7, bound: 6 });
    progress.apply({ kind: 'part', node: alone, round: 0, index: 0, solved }, start);
    expect(progress.snapshot(start).underWay).toBeUndefined();
  });

  it('adds what children report, until their result replaces it', () => {
    const progress = new NodeProgress('r', node('root', 'pairs', 'batches'), start);
    const parts = [node('a', 'batches'), node('b', 'batches'), node('c')];
    progress.apply({ kind: 'divided', node: root, round: 0, parts }, start);
    expect(progress.snapshot(start).total).toBe(3);
    progress.childReported(
      {
        name: 'a',
        total: 8,
        inFlight: 2,
        counts: { ...noLeaves, optimal: 3 },
        seconds: { solver: 7, merge: 0 },
      },
      start,
    );
    // 5 more of a, b taken to be as large as a, and c.
    expect(progress.snapshot(start)).toMatchObject({ solved: 3, outstanding: 14, inFlight: 2, seconds: { solver: 7 } });
    progress.apply(
      {
        kind: 'part',
        node: root,
        round: 0,
        index: 0,
        solved: solvedOf('a', { optimal: 8 }, { seconds: { solver: 20, merge: 1 } }),
      },
      start + 1,
    );
    progress.childReported(
      {
        name: 'a',
        total: 8,
        inFlight: 2,
        counts: { ...noLeaves, optimal: 3 },
        seconds: { solver: 7, merge: 0 },
      },
      start,
    );
    expect(progress.snapshot(start + 1)).toMatchObject({ solved: 8, inFlight: 0, seconds: { solver: 20 } });
  });

  it('keeps solved + outstanding = total, in any order of arrival, over rounds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 3 }),
        fc.infiniteStream(fc.nat()),
        (count, rounds, random) => {
          const progress = new NodeProgress('r', root, start);
          for (let round = 0; round < rounds; round++) {
            progress.apply({ kind: 'divided', node: root, round, parts: leaves(count) }, start);
            const left = Array.from({ length: count }, (_, i) => i);
            for (let ended = 0; left.length > 0; ended++) {
              const { solved, outstanding, total } = progress.snapshot(start + 1);
              expect([solved, outstanding, total]).toEqual([round * count + ended, count - ended, (round + 1) * count]);
              const [index] = left.splice(random.next().value % left.length, 1);
              progress.apply(
                { kind: 'part', node: root, round, index, solved: solvedOf('x', { failed: 1 }) },
                start + 1,
              );
            }
            progress.apply({ kind: 'merged', node: root, round, again: true, solved: solvedOf('root', {}) }, start + 2);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('does not lose sight of what a stop cuts off', () => {
    const progress = new NodeProgress('r', root, start);
    progress.apply({ kind: 'divided', node: root, round: 0, parts: leaves(45) }, start);
    const totals = (): [number, number] => {
      const { solved, total } = progress.snapshot(start);
      return [solved, total];
    };
    for (let index = 0; index < 4; index++)
      progress.apply({ kind: 'part', node: root, round: 0, index, solved: solvedOf('x', { feasible: 1 }) }, start);
    progress.stop();
    for (let index = 4; index < 10; index++)
      progress.apply(
        { kind: 'part', node: root, round: 0, index, solved: solvedOf('x', { unfinished: 1 }, { stopped: true }) },
        start,
      );
    expect(totals()).toEqual([4, 45]);
    const solved = solvedOf(
      'root',
      { feasible: 4, unfinished: 41 },
      { stopped: true, objective: 3, covers: { parts: 4, of: 45, what: 'pairs' } },
    );
    progress.apply({ kind: 'merged', node: root, round: 0, again: false, solved }, start);
    expect(totals()).toEqual([4, 45]);
    expect(progress.snapshot(start)).toMatchObject({ covers: { parts: 4, of: 45 }, gap: null });
    expect(currentDetails(progress.snapshot(start))).toContain('| incumbent | 3, of 4 of 45 pairs |');
    expect(progress.withUnfinished(solvedOf('root', { feasible: 4 }, { stopped: true })).leaves.unfinished).toBe(41);
    expect(progress.withUnfinished(solvedOf('root', { feasible: 4 })).leaves.unfinished).toBeUndefined();
  });

  it('shows what keeps the run from going on, also when it happens in a child', () => {
    const progress = new NodeProgress('r', node('root', 'pairs', 'batches'), start);
    progress.apply({ kind: 'divided', node: root, round: 0, parts: [node('a', 'batches')] }, start);
    expect(progress.snapshot(start).trouble).toBeUndefined();
    expect([
      progress.troubled('worker 1 | has\nanother store'),
      progress.troubled('worker 1 | has\nanother store'),
    ]).toEqual([true, false]);
    expect(currentDetails(progress.snapshot(start))).toContain(
      '| trouble | worker 1   has another store |'.replace('   ', ' '.repeat(3)),
    );
    progress.childReported(
      {
        name: 'a',
        total: 8,
        inFlight: 2,
        counts: noLeaves,
        seconds: { solver: 7, merge: 0 },
        trouble: 'an object is missing',
      },
      start,
    );
    expect(progress.snapshot(start).trouble).toBe('an object is missing');
  });

  it('continues from a snapshot as if nothing had happened', () => {
    const before = new NodeProgress('r', root, start);
    before.apply({ kind: 'divided', node: root, round: 0, parts: leaves(2) }, start);
    before.apply({ kind: 'part', node: root, round: 0, index: 0, solved: solvedOf('0', { optimal: 1 }) }, start);
    before.apply({ kind: 'part', node: root, round: 0, index: 1, solved: solvedOf('1', { unresolved: 1 }) }, start);
    before.apply(
      {
        kind: 'merged',
        node: root,
        round: 0,
        again: true,
        solved: solvedOf('root', {}, { objective: 5, bound: 4, accuracy: { train: 1, validation: 0.5 } }),
      },
      start,
    );
    before.pause();
    const snapshot = before.snapshot(start);
    expect(new NodeProgress('r', root, start + 99, JSON.parse(JSON.stringify(snapshot))).snapshot(start)).toEqual(
      snapshot,
    );
  });
});

it('names the phase, and whether a person holds it up', () => {
  const progress = new NodeProgress('r', root, start);
  const said = () => /status \| ([^|]*) \|/.exec(currentDetails(progress.snapshot(start)))![1];
  const seen = [said()];
  progress.apply({ kind: 'divided', node: root, round: 0, parts: leaves(1) }, start);
  progress.pause();
  seen.push(said());
  progress.resume(start);
  progress.apply({ kind: 'part', node: root, round: 0, index: 0, solved: solvedOf('0', { optimal: 1 }) }, start);
  seen.push(said());
  progress.apply({ kind: 'merged', node: root, round: 0, again: true, solved: solvedOf('root', {}) }, start);
  seen.push(said());
  progress.stop();
  seen.push(said());
  progress.apply({ kind: 'merged', node: root, round: 1, again: true, solved: solvedOf('root', {}) }, start);
  expect([...seen, said()]).toEqual([
    'dividing',
    'solving, paused',
    'merging',
    'dividing',
    'stopping',
    'stopped early',
  ]);
});

describe('relativeGap', () => {
  it('is relative to the objective, and unknown without a bound', () => {
    expect(relativeGap(5, 4)).toBeCloseTo(0.2);
    expect(relativeGap(-4, -5)).toBeCloseTo(0.25);
    expect(relativeGap(0, 0)).toBe(0);
    expect(relativeGap(3, null)).toBeNull();
  });
});

describe('currentDetails', () => {
  it('is a Markdown table of what a person wants to know', () => {
    const progress = new NodeProgress('r', root, start);
    const parts = leaves(3).map((leaf) => ({ ...leaf, roundName: { name: 'round 2 of 10', at: 2, of: 10 } }));
    progress.apply({ kind: 'divided', node: root, round: 1, parts }, start);
    progress.apply(
      {
        kind: 'interim',
        node: root,
        round: 1,
        solved: solvedOf(
          'root',
          {},
          { objective: 12.3456789, bound: 12, accuracy: { train: 0.9, validation: 0.8514 } },
        ),
      },
      start,
    );
    progress.apply(
      { kind: 'part', node: root, round: 1, index: 0, solved: solvedOf('0', { optimal: 1 }) },
      start + 60_000,
    );
    const lines = currentDetails(progress.snapshot(start + 60_000), start + 60_000).split('\n');
    for (const row of [
      '| round | 2 (round 2 of 10) |',
      '| incumbent | 12.3457 |',
      '| gap | 2.8% |',
      '| accuracy so far | train 90.0%, validation 85.1% |',
      '| MIPs solved | 1 of 3, 0 in flight |',
      '| time so far | 1 min 0 s |',
      '| time left in this round | not known yet |',
    ]) {
      expect(lines).toContain(row);
    }
    expect(lines.every((line) => line.startsWith('|') && line.endsWith('|'))).toBe(true);
  });

  it('names MIPs that take long', () => {
    const progress = new NodeProgress('r', root, start);
    progress.apply({ kind: 'divided', node: root, round: 0, parts: leaves(3) }, start);
    const news = { objective: 8, bound: 6, nodes: 3, work: 9, startedAt: start };
    progress.leafReported({ name: 'part 1', step: 'branch | cut', ...news });
    expect(currentDetails(progress.snapshot(start), start)).toContain(
      '| under way | part 1: branch   cut, incumbent 8, bound 6, gap 25.0%, 3 nodes |',
    );
  });

  it('is final once the run has ended: no time left, nothing so far', () => {
    const progress = new NodeProgress('r', root, start);
    progress.apply({ kind: 'divided', node: root, round: 0, parts: leaves(1) }, start);
    progress.apply({ kind: 'part', node: root, round: 0, index: 0, solved: solvedOf('0', { optimal: 1 }) }, start);
    const solved = solvedOf('root', { optimal: 1 }, { accuracy: { train: 1, validation: 0.5 } });
    progress.apply({ kind: 'merged', node: root, round: 0, solved, again: false }, start);
    const text = currentDetails(progress.snapshot(start + 9000), start + 9000);
    expect(text).toContain('| status | done |');
    expect(text).toContain('| accuracy | train 100.0%, validation 50.0% |');
    expect(text).toContain('| time | 9 s |');
    expect(text).not.toMatch(/so far|left|in flight/);
  });
});
