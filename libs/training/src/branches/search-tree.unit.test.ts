import { seededRandom } from '@mipnet/dataset';
import { objectiveOf, violationOf, type Model } from '@mipnet/mip';
import { openSolver, type Solver } from '@mipnet/solver';
import { beforeAll, expect, test } from 'vitest';
import { searchTree, type TreeNode, type TreeResult } from './search-tree.js';
import { shrinkModel } from './shrink-model.js';
import { randomModel } from './testing/random-model.js';

let highs: Solver;
beforeAll(async () => {
  highs = await openSolver();
});

const root: TreeNode = { changes: [], fixed: [], bound: -Infinity };
const step = 1e-6;

/** The least objective of a whole point that the search meets; it starts above everything. */
class Search {
  best = Infinity;
  cutoff = 1e5;

  constructor(
    private readonly model: Model,
    private readonly inWhole = (x: Float64Array) => x,
    private readonly whole = model,
  ) {}

  run(from: readonly TreeNode[], workLimit = Infinity): TreeResult {
    return searchTree(this.model, from, {
      cutoff: this.cutoff,
      workLimit,
      stopped: () => false,
      partner: () => -1,
      onPoint: (x) => {
        const point = this.inWhole(x);
        if (violationOf(this.whole, point) < 1e-6 && objectiveOf(this.whole, point) < this.best) {
          this.best = objectiveOf(this.whole, point);
          this.cutoff = this.best - step;
        }
        return this.cutoff;
      },
    });
  }
}

test('finds the optimum of integer models and closes everything else', async () => {
  let branched = 0;
  for (let seed = 0; seed < 30; seed++) {
    const model = randomModel(seededRandom(seed, 'tree'));
    const search = new Search(model);
    const { open, nodes } = search.run([root]);
    const known = await highs.solve(model);
    if (nodes > 3) branched++;
    expect(open, `seed ${seed}`).toEqual([]);
    if (known.status === 'infeasible') expect(search.best, `seed ${seed}`).toBe(Infinity);
    else expect(search.best, `seed ${seed}`).toBeCloseTo(known.objective!, 5);
  }
  expect(branched).toBeGreaterThan(10);
});

test('what a work limit leaves open has valid bounds, and its search ends at the same optimum', async () => {
  let handedOn = 0;
  for (let seed = 0; seed < 30; seed++) {
    const model = randomModel(seededRandom(seed, 'tree'));
    const known = await highs.solve(model);
    if (known.status !== 'optimal') continue;
    const search = new Search(model);
    let open: readonly TreeNode[] = [root];
    for (let round = 0; open.length > 0; round++) {
      expect(round).toBeLessThan(1000);
      // Fixings of reduced costs are not handed on.
      open = search.run(
        open.map((node) => ({ ...node, fixed: [] })),
        6,
      ).open;
      if (open.length > 0) handedOn++;
      const bound = Math.min(search.best, ...open.map((node) => node.bound));
      expect(bound, `seed ${seed}`).toBeLessThanOrEqual(known.objective! + 1e-6);
    }
    expect(search.best, `seed ${seed}`).toBeCloseTo(known.objective!, 5);
  }
  expect(handedOn).toBeGreaterThan(20);
});

test('reduced costs remove no point below the cutoff', async () => {
  let removed = 0;
  for (let seed = 0; seed < 30; seed++) {
    const model = randomModel(seededRandom(seed, 'tree'));
    const known = await highs.solve(model);
    if (known.status !== 'optimal') continue;
    const cutoff = known.objective! + 0.01;
    const small = shrinkModel(model, cutoff)!;
    removed += model.columnCount - small.model.columnCount;
    expect(small.bound).toBeLessThanOrEqual(known.objective! + 1e-6);
    const search = new Search(small.model, small.expand, model);
    search.cutoff = cutoff;
    expect(search.run([root]).open, `seed ${seed}`).toEqual([]);
    expect(search.best, `seed ${seed}`).toBeCloseTo(known.objective!, 5);
    // Nothing lies below a cutoff under the optimum, and the search says so.
    const below = shrinkModel(model, known.objective! - 0.01);
    if (!below) continue;
    const none = new Search(below.model, below.expand, model);
    none.cutoff = known.objective! - 0.01;
    expect(none.run([root]).open).toEqual([]);
    expect(none.best).toBe(Infinity);
  }
  expect(removed).toBeGreaterThan(30);
});
