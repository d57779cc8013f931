import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noLeaves } from './leaf-counts.js';
import type { ProblemNode, Solved } from './node.js';
import { solveTree, type Driver, type ProgressEvent } from './solve-tree.js';

const ref = (key: string) => ({ key, sha256: '', bytes: 0 });
const solvedOf = (name: string, objective: number): Solved => ({
  name,
  incumbent: ref(name),
  objective,
  bound: null,
  accuracy: { train: null, validation: null },
  leaves: { ...noLeaves, feasible: 1 },
  seconds: { solver: 0, merge: 0 },
  stopped: false,
});

/** Divides each node in `fan` parts a level; a leaf's value is the length of its name; a merge joins names in order. */
function treeDriver(
  fan: number,
  options: { rounds?: number; delays?: readonly number[]; stopAfter?: number; window?: number } = {},
) {
  const events: ProgressEvent[] = [];
  let solves = 0;
  const driver: Driver = {
    window: options.window ?? 2,
    divide: async (node, state) =>
      Array.from({ length: fan }, (_, i) => ({
        kind: node.kind,
        name: `${node.name}.${state.round}${i}`,
        problem: ref('p'),
        splits: node.splits.slice(1),
      })),
    solve: async (leaf) => {
      const delay = options.delays?.[solves % options.delays.length] ?? 0;
      solves++;
      for (let turn = 0; turn < delay; turn++) await new Promise((resolve) => setImmediate(resolve));
      return solvedOf(leaf.name, leaf.name.length);
    },
    recurse: (node) => solveTree(driver, node),
    merge: async (_node, state, parts) => ({
      solved: { ...solvedOf(`(${parts.map((part) => part?.name ?? '-').join(' ')})`, parts.length), leaves: noLeaves },
      again: state.round + 1 < (options.rounds ?? 1),
    }),
    stopped: () => options.stopAfter !== undefined && solves >= options.stopAfter,
    ready: async () => undefined,
    checkpoint: async () => undefined,
    progress: (event) => void events.push(event),
  };
  return { driver, events, solves: () => solves };
}

const root = (splits: string[]): ProblemNode => ({ kind: 'train', name: 'r', problem: ref('p'), splits });

describe('solveTree', () => {
  it('leaves out a part of a node with partsMayFail, if its driver says that the part is at fault', async () => {
    const { driver } = treeDriver(3);
    const lost = (part: ProblemNode): Solved => ({
      ...solvedOf(part.name, 0),
      incumbent: undefined,
      leaves: { ...noLeaves, failed: 1 },
      failures: [{ name: part.name, why: 'broken' }],
    });
    const failing: Driver = {
      ...driver,
      solve: (leaf, unneeded) =>
        leaf.name.endsWith('1') ? Promise.reject(new Error('broken')) : driver.solve(leaf, unneeded),
      lost,
    };
    const solved = await solveTree(failing, { ...root(['settings']), partsMayFail: true });
    expect(solved.failures).toEqual([{ name: 'r.01', why: 'broken' }]);
    // Other nodes fail with their parts, and so does this one if the error is not the part's own.
    await expect(solveTree(failing, root(['settings']))).rejects.toThrow('broken');
    const ofStore: Driver = { ...failing, lost: () => undefined };
    await expect(solveTree(ofStore, { ...root(['settings']), partsMayFail: true })).rejects.toThrow('broken');
  });

  it('names the leaves that failed, with the nodes above them, over rounds, and shows the merge nothing of it', async () => {
    const { driver } = treeDriver(2, { rounds: 2 });
    const merged: (Solved | undefined)[] = [];
    const failing: Driver = {
      ...driver,
      solve: async (leaf) =>
        leaf.name.endsWith('1')
          ? {
              ...solvedOf(leaf.name, 0),
              incumbent: undefined,
              leaves: { ...noLeaves, failed: 1 },
              failures: [{ name: leaf.name, why: 'crash' }],
            }
          : driver.solve(leaf, new Promise(() => undefined)),
      recurse: (node) => solveTree(failing, node),
      merge: (node, state, parts) => {
        merged.push(...parts);
        return driver.merge(node, state, parts);
      },
    };
    const { failures } = await solveTree(failing, root(['a', 'b']));
    expect(failures).toHaveLength(5);
    expect(failures!.slice(0, 3)).toEqual([
      { name: 'r.00: r.00.01', why: 'crash' },
      { name: 'r.00: r.00.11', why: 'crash' },
      { name: 'r.01: r.01.01', why: 'crash' },
    ]);
    expect(merged.some((part) => part?.failures !== undefined)).toBe(false);
  });

  it('solves a node without splits as one leaf', async () => {
    expect((await solveTree(treeDriver(3).driver, root([]))).name).toBe('r');
  });

  it('merges in the order of division, whatever the order of arrival', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 1, max: 9 }),
        async (delays, window) => {
          const solved = await solveTree(treeDriver(3, { delays, window }).driver, root(['pairs', 'batches']));
          expect(solved.name).toBe('((r.00.00 r.00.01 r.00.02) (r.01.00 r.01.01 r.01.02) (r.02.00 r.02.01 r.02.02))');
        },
      ),
      { numRuns: 20 },
    );
  });

  it('goes on for as many rounds as the split wants and from where it was left', async () => {
    const { driver, events } = treeDriver(2, { rounds: 3 });
    expect((await solveTree(driver, root(['batches']))).name).toBe('(r.20 r.21)');
    expect(events.filter((event) => event.kind === 'merged')).toHaveLength(3);
    expect((await solveTree(treeDriver(2, { rounds: 3 }).driver, root(['batches']), { round: 2 })).name).toBe(
      '(r.20 r.21)',
    );
  });

  it('begins nothing after a stop and merges the results so far', async () => {
    const { driver, solves } = treeDriver(8, { stopAfter: 3, window: 1, rounds: 5 });
    const solved = await solveTree(driver, root(['pairs']));
    expect(solves()).toBe(3);
    expect(solved.name).toBe('(r.00 r.01 r.02 - - - - -)');
    expect(solved.stopped).toBe(true);
  });

  it('begins no more parts once one is decisive, and tells those under way that nobody needs them', async () => {
    const { driver } = treeDriver(6, { window: 2 });
    let cut = 0;
    const solved = await solveTree(
      {
        ...driver,
        solve: async (leaf, unneeded) => {
          if (leaf.name === 'r.01') return { ...solvedOf(leaf.name, 1), decisive: true };
          await unneeded;
          cut++;
          return { ...solvedOf(`${leaf.name}:cut`, 1), stopped: true };
        },
      },
      root(['classes']),
    );
    expect([solved.name, solved.stopped, cut]).toEqual(['(r.00:cut r.01 - - - -)', false, 1]);
  });

  it('survives an interim merge that fails, and reports the last one that does', async () => {
    const { driver } = treeDriver(40);
    const failing = (when: (parts: readonly unknown[]) => boolean): Driver => ({
      ...driver,
      merge: (node, state, parts) =>
        when(parts) ? Promise.reject(new Error('no merge')) : driver.merge(node, state, parts),
    });
    await expect(
      solveTree(
        failing((parts) => parts.includes(undefined)),
        root(['pairs']),
      ),
    ).resolves.toBeDefined();
    await expect(
      solveTree(
        failing((parts) => !parts.includes(undefined)),
        root(['pairs']),
      ),
    ).rejects.toThrow('no merge');
  });

  it('shows interim merges of a wide round', async () => {
    const { driver, events } = treeDriver(40);
    await solveTree(driver, root(['pairs']));
    expect(events.filter((event) => event.kind === 'interim').length).toBeGreaterThan(4);
  });
});
