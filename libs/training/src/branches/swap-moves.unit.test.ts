import { seededRandom } from '@mipnet/dataset';
import { expect, test } from 'vitest';
import { freeNetwork } from '../model/free-network.js';
import { objectiveValue } from '../model/objectives/registry.js';
import { improve, neuronProblem } from '../search/improve.js';
import { smallProblem } from '../testing/small-problem.js';
import { swapMoves } from './swap-moves.js';

test('two weights at once are never worse than one, and often better', () => {
  let better = 0;
  for (let seed = 0; seed < 20; seed++) {
    const random = seededRandom(seed, 'swap');
    const rows = Array.from({ length: 10 }, () => Array.from({ length: 12 }, () => random.integer(9) / 8));
    const { problem, data } = smallProblem({
      layers: [{ outputs: 1, domain: 'ternary' }],
      rows,
      labels: rows.map((_, k) => k % 2),
      objectives: [{ kind: 'fit', loss: 'hinge', margin: 1, sparsity: 0.1 }],
      grid: 1 / 8,
    });
    const free = freeNetwork(problem, data);
    const valueOf = (network: typeof problem.network): number =>
      objectiveValue(problem.objectives[0], free.replay(network));
    const one = valueOf(improve(free, problem.network));
    const two = valueOf(swapMoves(free, neuronProblem(free)!, problem.network, () => false));
    expect(two, `seed ${seed}`).toBeLessThanOrEqual(one);
    if (two < one - 1e-9) better++;
  }
  expect(better).toBeGreaterThan(5);
});
