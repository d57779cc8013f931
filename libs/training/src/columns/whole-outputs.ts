// Tested by ../splits/columns.unit.test.ts.
import { weightBound } from '@mipnet/network';
import { denseAt, firstFree } from '../problem/free-layers.js';
import { closedGap, type Incumbent } from '../problem/incumbent.js';
import { marginOnGrid } from '../model/free-network.js';
import { inputGrid } from '../rows/leaf-data.js';
import type { Fit } from '../problem/objective.js';
import type { TrainingProblem } from '../problem/training-problem.js';

/**
 * The problem of whole output weights a_t for the neurons in use, as one MIP. With the margin M, the network f / M has
 * the objective cost * sum max(0, 1 - y f / M) + sum |a| / M, which is a fit with the margin M, divided by M. M makes
 * the largest weight about P, and lies where such a fit can keep its margin exactly.
 */
export function wholeOutputs(problem: TrainingProblem, real: Incumbent): TrainingProblem {
  const at = firstFree(problem) + 2;
  const [fit] = problem.objectives as readonly [Fit];
  const { weights } = denseAt(real.network, at);
  const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  const scale = largest === 0 ? 1 : weightBound(problem.free[at]!.domain) / largest;
  const layers = real.network.layers.map((layer, index) =>
    index === at
      ? {
          ...denseAt(real.network, at),
          weights: weights.map((weight) => Math.round(weight * scale)),
          bias: denseAt(real.network, at).bias.map((bias) => bias * scale),
        }
      : layer,
  );
  const asked: TrainingProblem = {
    ...problem,
    name: 'whole output weights',
    network: { ...real.network, layers },
    free: problem.free.map((layer, index) => (index === at ? layer : null)),
    objectives: [{ ...fit, margin: scale }],
    splits: [],
  };
  return { ...asked, objectives: [{ ...fit, margin: marginOnGrid(asked, inputGrid(asked, null)) }] };
}

/**
 * The incumbent with whole output weights. The bound remains that of the problem with real ones, which allows more.
 * @param solved of `wholeOutputs`
 */
export function withWholeOutputs(problem: TrainingProblem, real: Incumbent, solved: Incumbent): Incumbent {
  const [{ margin }] = wholeOutputs(problem, real).objectives as readonly [Fit];
  const objective = solved.objective / margin;
  if (real.bound !== null && objective < real.bound - closedGap * Math.max(1, objective))
    throw new Error(`columns: whole output weights of value ${objective} lie below the bound ${real.bound}`);
  const [stage] = solved.stages;
  return {
    ...real,
    network: solved.network,
    objective,
    status: 'feasible',
    stages: [
      ...real.stages,
      {
        ...stage,
        objective: 'whole output weights',
        value: objective,
        bound: real.bound,
        status: 'feasible',
        start: real.objective,
      },
    ],
  };
}
