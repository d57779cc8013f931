import type { Model } from '@mipnet/mip';
import { inDomain, type Network } from '@mipnet/network';
import {
  loadHighsSolver,
  openSolver,
  type Solver,
  type SolveOptions,
  type SolveResult,
  type SyncSolver,
} from '@mipnet/solver';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Objective } from '../problem/objective.js';
import { objectiveValue } from '../model/objectives/registry.js';
import { fakeSolver } from '../testing/fake-solver.js';
import { smallProblem } from '../testing/small-problem.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { freeNetwork } from '../model/free-network.js';
import { denseAt } from '../problem/free-layers.js';
import type { Incumbent } from '../problem/incumbent.js';
import { solveProblem } from './solve-problem.js';

let highs: SyncSolver;
let honestHighs: Solver;
beforeAll(async () => {
  highs = await loadHighsSolver();
  honestHighs = await openSolver();
});

// Five points of the plane that no neuron separates.
const rows = [
  [0, 0],
  [0, 2],
  [2, 0],
  [2, 2],
  [1, 1],
];
const labels = [0, 1, 1, 0, 1];
const fit: Objective = { kind: 'fit', loss: 'hinge', margin: 1, sparsity: 0.25 };
const neuron = (objectives: readonly Objective[] = [fit]) =>
  smallProblem({ layers: [{ outputs: 1, domain: 'ternary' }], rows, labels, objectives, limits: { workLimit: 30000 } });
/** A hidden layer, so that no local search finds the optimum by itself. */
const hidden = (objectives: readonly Objective[] = [fit], seed = 3) =>
  smallProblem({
    layers: [
      { outputs: 2, domain: 'ternary', activation: 'sign' },
      { outputs: 1, domain: 'ternary' },
    ],
    rows,
    labels,
    objectives,
    seed,
    limits: { workLimit: 30000 },
  });

/** What HiGHS says, once for each model: the lies differ, the truth does not. */
const answers = new Map<string, SolveResult>();
function truthOf(model: Model, options: SolveOptions): SolveResult {
  const key = JSON.stringify(
    [model.values, model.rowLower, model.rowUpper, model.cost, options.relaxation, options.presolve].map((part) =>
      ArrayBuffer.isView(part) ? Array.from(part as Float64Array) : part,
    ),
  );
  const known = answers.get(key) ?? highs.solve(model, options);
  answers.set(key, known);
  return known;
}

/** HiGHS, whose answers to MIPs are changed. */
const lying = (lie: (truth: SolveResult, model: Model, options: SolveOptions) => SolveResult): Solver =>
  fakeSolver('liar', (model, options = {}) =>
    options.relaxation ? truthOf(model, options) : lie(truthOf(model, options), model, options),
  );
const honest = fakeSolver('honest', (model, options = {}) => truthOf(model, options));

type Given = ReturnType<typeof smallProblem>;
const valueOf = ({ problem, data }: Given, network: Network, stage = 0): number =>
  objectiveValue(problem.objectives[stage], freeNetwork(problem, data).replay(network));

/** The value is that of the network, the network is one of the problem, and the bound is below the true optimum. */
async function expectHonest(given: Given, solver: Solver): Promise<Incumbent> {
  const truth = await solveProblem(honest, freeNetwork(given.problem, given.data));
  expect(truth.status).toBe('optimal');
  const found = await solveProblem(solver, freeNetwork(given.problem, given.data));
  expect(found.objective).toBeCloseTo(valueOf(given, found.network), 9);
  expect(found.objective).toBeGreaterThanOrEqual(truth.objective - 1e-9);
  if (found.bound !== null) expect(found.bound).toBeLessThanOrEqual(truth.objective + 1e-6);
  given.problem.free.forEach(
    (free, index) => free && expect(inDomain(denseAt(found.network, index).weights, free.domain)).toBe(true),
  );
  return found;
}

const lies: [string, (truth: SolveResult, model: Model, options: SolveOptions) => SolveResult][] = [
  [
    'infeasible although there is a start',
    (truth) => ({ ...truth, status: 'infeasible', x: undefined, objective: null, bound: null }),
  ],
  ['unbounded', (truth) => ({ ...truth, status: 'unbounded', x: undefined, objective: null, bound: null })],
  ['a bound above the value', (truth) => ({ ...truth, bound: truth.objective! + 1 })],
  ['a bound that is infinite', (truth) => ({ ...truth, bound: Infinity })],
  ['a bound that is no number', (truth) => ({ ...truth, bound: NaN })],
  [
    'a point with a better value than it has',
    (truth) => ({ ...truth, objective: truth.objective! - 0.5, bound: truth.objective! - 0.5 }),
  ],
  ['a point whose value is no number', (truth) => ({ ...truth, objective: NaN })],
  ['a point without a value', (truth) => ({ ...truth, objective: null })],
  ['a point outside every bound', (truth) => ({ ...truth, x: truth.x!.map((value) => 9 * value + 7) })],
  ['a point of NaN', (truth) => ({ ...truth, x: truth.x!.map(() => NaN) })],
  ['a point that is too short', (truth) => ({ ...truth, x: truth.x!.subarray(0, 1) })],
];

describe('a solver that lies', () => {
  test.each(lies)('%s: unresolved with the start, never the lie', async (_, lie) => {
    const given = hidden();
    let asked: (boolean | undefined)[] = [];
    const found = await expectHonest(
      given,
      lying((truth, model, options) => {
        asked = [...asked, options.presolve];
        return lie(truth, model, options);
      }),
    );
    expect(asked).toEqual([true, false]);
    expect(found.status).toBe('unresolved');
    expect(found.stages[0].value).toBe(found.stages[0].start);
    expect(found.stages[0].boundBy).not.toBe('branch and cut');
  });

  test('is asked again without presolve, and believed where that answer stands', async () => {
    const given = hidden();
    const found = await expectHonest(
      given,
      lying((truth, _model, { presolve }) =>
        presolve ? { ...truth, status: 'infeasible', x: undefined, objective: null, bound: null } : truth,
      ),
    );
    expect(found.status).toBe('optimal');
  });

  test('optimal without a bound proves no more than the relaxation', async () => {
    const given = hidden();
    const found = await expectHonest(
      given,
      lying((truth) => ({ ...truth, status: 'optimal', bound: null })),
    );
    expect(found.status).toBe('feasible');
    expect(found.stages[0].boundBy).toBe('root duals');
  });

  test('a bound worse than that of the relaxation is not used', async () => {
    const found = await expectHonest(
      hidden(),
      lying((truth) => ({ ...truth, bound: -1e6 })),
    );
    expect(found.stages[0].boundBy).toBe('root duals');
    expect(found.bound).toBeGreaterThan(-1);
  });

  test('a later stage that throws the earlier one away is refused', async () => {
    const given = hidden([fit, { kind: 'sparsity' }]);
    // All weights zero: nothing is sparser, and it keeps nothing.
    const found = await solveProblem(
      lying((truth, model) => {
        const isSparsity = Array.from(model.cost).every((cost) => cost === 0 || cost === 1) && model.offset === 0;
        return isSparsity ? { ...truth, x: new Float64Array(model.columnCount), objective: 0, bound: 0 } : truth;
      }),
      freeNetwork(given.problem, given.data),
    );
    expect(found.stages).toHaveLength(2);
    expect(found.stages[1].status).toBe('unresolved');
    expect(valueOf(given, found.network)).toBeCloseTo(found.stages[0].value, 4);
  });
});

describe('limits and stops', () => {
  test('an LP that a limit has cut off is not rounded, nor a bound', async () => {
    const given = neuron();
    let relaxations = 0;
    const solver = fakeSolver('cut off', (model, options = {}) => {
      if (!options.relaxation)
        return {
          status: 'unresolved',
          objective: null,
          bound: null,
          nodes: 0,
          work: 0,
          seconds: 0,
          interrupted: false,
        };
      relaxations++;
      // The best point there is, which is not known to be it.
      return { ...highs.solve(model, options), status: 'feasible' };
    });
    const found = await solveProblem(solver, freeNetwork(given.problem, given.data));
    expect(relaxations).toBe(1);
    // All that is known without it: a loss is not negative.
    expect(found.bound).toBe(0);
    expect(found.objective).toBeCloseTo(valueOf(given, found.network), 9);
  });

  test('a stop at any moment leaves an incumbent whose value is its own', async () => {
    for (const given of [
      neuron([fit, { kind: 'margin' }, { kind: 'sparsity' }]),
      hidden([fit, { kind: 'margin' }, { kind: 'sparsity' }]),
    ]) {
      const seen = new Set<number>();
      for (const after of [0, 2, 10, 1e9]) {
        let asked = 0;
        const found = await solveProblem(honestHighs, freeNetwork(given.problem, given.data), {
          stopped: () => asked++ >= after,
        });
        expect(found.objective).toBeCloseTo(valueOf(given, found.network), 4);
        expect(found.bound ?? -Infinity).toBeLessThanOrEqual(found.objective);
        seen.add(found.stages.length);
      }
      expect(seen).toContain(1);
      expect(seen).toContain(3);
    }
  });

  test('each stage keeps what the ones before have reached', async () => {
    for (const given of [
      neuron([fit, { kind: 'margin' }, { kind: 'sparsity' }]),
      hidden([fit, { kind: 'margin' }, { kind: 'sparsity' }]),
    ]) {
      const { network, stages } = await solveProblem(honestHighs, freeNetwork(given.problem, given.data));
      expect(stages.map(({ objective }) => objective)).toEqual(['fit', 'margin', 'sparsity']);
      expect(valueOf(given, network)).toBeLessThanOrEqual(stages[0].value + 1e-4);
      expect(valueOf(given, network, 2)).toBeCloseTo(stages[2].value, 9);
    }
  });

  test('checkpoints only get better, and an attempt that continues from one never ends worse', async () => {
    const given = hidden([fit, { kind: 'sparsity' }]);
    const timed: TrainingProblem = { ...given.problem, limits: { gap: 0, timeLimit: 30 } };
    const checkpoints: Network[] = [];
    await solveProblem(honestHighs, freeNetwork(timed, given.data), {
      onIncumbent: (network) => checkpoints.push(network),
    });
    expect(checkpoints.length).toBeGreaterThan(1);
    const values = checkpoints.map((network) => valueOf(given, network));
    for (const [i, resume] of checkpoints.entries()) {
      expect(values[i]).toBeLessThanOrEqual(values[0] + 1e-4);
      // The second attempt has no time for anything.
      const resumed = await solveProblem(honestHighs, freeNetwork(timed, given.data), { resume, stopped: () => true });
      expect(resumed.objective).toBeLessThanOrEqual(values[i] + 1e-12);
      expect(valueOf(given, resumed.network)).toBeLessThanOrEqual(values[i] + 1e-12);
    }
  });

  test('the same problem gives the same network three times', async () => {
    const given = hidden([fit, { kind: 'margin' }]);
    const limited: TrainingProblem = { ...given.problem, limits: { gap: 0, workLimit: 40 } };
    const [first, ...others] = await Promise.all(
      [1, 2, 3].map(() => solveProblem(honestHighs, freeNetwork(limited, given.data))),
    );
    for (const other of others) expect(other).toEqual(first);
  });
});
