import { ModelBuilder } from '@mipnet/mip';
import { forward, type Dense, type WeightDomain } from '@mipnet/network';
import { openSolver, type SessionSolver, type Solver } from '@mipnet/solver';
import { beforeAll, describe, expect, test } from 'vitest';
import { freeNetwork } from '../model/free-network.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { product } from '../testing/enumerate-networks.js';
import { inside, line, problemOf, square, type EnumeratedCase } from '../testing/enumerated-case.js';
import { solveProblem } from './solve-problem.js';

let solver: Solver;
let simplex: SessionSolver;
beforeAll(async () => {
  solver = await openSolver();
  simplex = await solver.sessions!();
});

// Real weights cannot be listed, but what the integer ones leave open is a linear program, or a choice of thresholds.
describe('real weights', () => {
  const real: WeightDomain = 'real';
  const bounded = (problem: TrainingProblem): TrainingProblem => ({
    ...problem,
    free: problem.free.map((layer, index) => {
      const present = problem.network.layers[index];
      if (layer?.domain !== 'real' || present.kind !== 'dense') return layer;
      return {
        ...layer,
        lower: new Float64Array(present.weights.length).fill(-1),
        upper: new Float64Array(present.weights.length).fill(1),
      };
    }),
  });

  test.each(['sign', 'step', 'ternary'] as const)(
    'in the last layer, behind %s: the best linear program over all hidden layers',
    async (activation) => {
      const entry: EnumeratedCase = {
        title: '',
        rows: square,
        labels: [0, 1, 1, 1],
        layers: [
          { outputs: 2, domain: 'ternary', activation },
          { outputs: 1, domain: real },
        ],
        loss: 'hinge',
        margin: 1,
        sparsity: 0.1,
      };
      const { problem, data } = problemOf(entry);
      const incumbent = await solveProblem(solver, freeNetwork(bounded(problem), data));
      let best = Infinity;
      for (const weights of product(Array.from({ length: 4 }, () => [-1, 0, 1]))) {
        const first = {
          ...(problem.network.layers[0] as Dense),
          weights: Float64Array.from(weights),
          bias: new Float64Array(2).fill(0.5),
        };
        const hidden = forward({ inputShape: [2], layers: [first, problem.network.layers[1]] }, data.features, 4);
        const size = weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
        best = Math.min(best, 0.1 * size + bestReal(hidden, entry.labels, 2));
      }
      expect(incumbent.objective).toBeCloseTo(best, 5);
      expect(incumbent.bound).toBeCloseTo(best, 4);
    },
  );

  /** min sum xi + 0.1 sum |w|, y w.h >= 1 - xi, -1 <= w <= 1 */
  function bestReal(hidden: Float64Array, labelsOf: readonly number[], width: number): number {
    const builder = new ModelBuilder();
    const parts = Array.from({ length: 2 * width }, () => builder.column(0, 1, { cost: 0.1 }));
    labelsOf.forEach((label, k) => {
      const xi = builder.column(0, 10, { cost: 1 });
      const values = Array.from({ length: width }, (_, j) => (label === 1 ? 1 : -1) * hidden[k * width + j]);
      builder.row(
        1,
        { constant: 0, columns: [...parts, xi], values: [...values, ...values.map((value) => -value), 1] },
        Infinity,
      );
    });
    return simplex.solve(builder.build()).objective!;
  }

  test.each(['sign', 'step'] as const)(
    'in the first layer, before %s: the best of all thresholds on a line',
    async (activation) => {
      const entry: EnumeratedCase = {
        title: '',
        rows: line,
        labels: inside,
        layers: [
          { outputs: 2, domain: real, activation, bias: true },
          { outputs: 1, domain: 'ternary' },
        ],
        loss: 'hinge',
        margin: 1,
      };
      const { problem, data } = problemOf(entry);
      const incumbent = await solveProblem(solver, freeNetwork(bounded(problem), data));
      const low = activation === 'sign' ? -1 : 0;
      // A neuron on a line turns once, at one of six places, up or down.
      const patterns = [0, 1, 2, 3, 4, 5].flatMap((at) => [
        line.map((_, k) => (k >= at ? 1 : low)),
        line.map((_, k) => (k >= at ? low : 1)),
      ]);
      let best = Infinity;
      for (const [a, b, v, w] of product([[...patterns.keys()], [...patterns.keys()], [-1, 0, 1], [-1, 0, 1]])) {
        // The last layer has no free bias: half a step, which makes sign(0) positive.
        const scores = line.map((_, k) => v * patterns[a][k] + w * patterns[b][k] + 0.5);
        best = Math.min(
          best,
          scores.reduce((sum, score, k) => sum + Math.max(0, 1 - (inside[k] === 1 ? score : -score)), 0),
        );
      }
      expect(incumbent.objective).toBeCloseTo(best, 6);
      expect(incumbent.bound).toBeCloseTo(best, 5);
    },
  );
});
