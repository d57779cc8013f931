import { openSolver, type Solver } from '@mipnet/solver';
import { beforeAll, describe, expect, test } from 'vitest';
import { freeNetwork } from '../model/free-network.js';
import type { Objective } from '../problem/objective.js';
import { bestInOrder } from '../testing/enumerate-networks.js';
import { and, corners, problemOf, square, three, xor, type EnumeratedCase } from '../testing/enumerated-case.js';
import { solveProblem } from './solve-problem.js';

// Objectives in order: every stage equals the best of all networks that keep the stages before.

/** In order: what each stage may reach once the stages before it keep their best. Every sample can be fitted. */
const staged: readonly (EnumeratedCase & { readonly then: readonly Objective[] })[] = [
  ...(['sign', 'step', 'ternary', 'relu'] as const).flatMap(
    (activation): (EnumeratedCase & { readonly then: readonly Objective[] })[] => {
      const both: Omit<EnumeratedCase, 'title'> = {
        rows: square,
        labels: activation === 'ternary' ? and : xor,
        loss: 'zero-one',
        margin: 0.4,
        layers: [
          { outputs: 2, domain: 'ternary', activation },
          { outputs: 1, domain: 'integer(2)', bias: true },
        ],
      };
      return [
        { ...both, title: `${activation}: margin, then weights`, then: [{ kind: 'margin' }, { kind: 'sparsity' }] },
        {
          ...both,
          title: `${activation}: neurons, then weights`,
          then: [{ kind: 'sparsity', of: 'neurons' }, { kind: 'sparsity' }],
        },
      ];
    },
  ),
  {
    title: 'three classes, integer(2): margin, then weights',
    rows: corners,
    labels: three,
    layers: [{ outputs: 3, domain: 'integer(2)' }],
    loss: 'zero-one',
    margin: 0.1,
    then: [{ kind: 'margin' }, { kind: 'sparsity' }],
  },
];

let solver: Solver;
beforeAll(async () => {
  solver = await openSolver();
});

describe('objectives in order: every stage equals the best of all networks that keep the stages before', () => {
  test.each(staged.map((entry) => [entry.title, entry] as const))('%s', async (_, entry) => {
    const { problem, data } = problemOf(entry);
    const ordered = { ...problem, objectives: [...problem.objectives, ...entry.then] };
    const { stages } = await solveProblem(solver, freeNetwork(ordered, data));
    const best = bestInOrder(entry, entry.then);
    expect(best[0]).toBe(0);
    best.forEach((value, stage) => {
      expect(stages[stage].value, `stage ${stage}`).toBeCloseTo(value, 6);
      expect(stages[stage].bound, `bound of stage ${stage}`).toBeCloseTo(value, 5);
    });
  });
});
