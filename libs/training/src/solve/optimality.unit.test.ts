import { ModelBuilder } from '@mipnet/mip';
import { forward, type ActivationName, type Dense, type Layer, type WeightDomain } from '@mipnet/network';
import { openSolver, type SessionSolver, type Solver } from '@mipnet/solver';
import { beforeAll, describe, expect, test } from 'vitest';
import { lossOf } from '../model/objectives/losses/registry.js';
import type { LossName, Objective } from '../problem/objective.js';
import type { FreeLayer, TrainingProblem } from '../problem/training-problem.js';
import type { LeafData } from '../rows/leaf-data.js';
import { freeNetwork } from '../model/free-network.js';
import { solveProblem } from './solve-problem.js';
import { encodeStage } from '../model/stage-model.js';

// Every network of an architecture is listed, and the best of them is what the MIP must find and prove.

interface Case {
  readonly title: string;
  readonly rows: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly layers: readonly {
    readonly outputs: number;
    readonly domain: WeightDomain;
    readonly activation?: ActivationName;
    readonly threshold?: number;
    readonly bias?: boolean;
  }[];
  readonly loss: LossName;
  readonly margin: number;
  readonly sparsity?: number;
}

const square = [
  [-1, -1],
  [-1, 1],
  [1, -1],
  [1, 1],
];
const corners = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const cube = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => [k & 1, (k >> 1) & 1, (k >> 2) & 1].map((bit) => 2 * bit - 1));
const xor = [0, 1, 1, 0];
const and = [0, 0, 0, 1];
const parity = cube.map((row) => row.filter((value) => value === 1).length % 2);
const line = [[-2], [-1], [0], [1], [2]];
const inside = [0, 1, 1, 1, 0];
const three = [0, 1, 2, 2];

const cases: Case[] = [
  ...(['sign', 'step', 'ternary', 'relu', 'leakyRelu', 'clip', 'abs'] as const).flatMap((activation) =>
    (['ternary', 'binary'] as const).flatMap((domain): Case[] => [
      {
        title: `XOR, ${activation}, ${domain}`,
        rows: square,
        labels: xor,
        layers: [
          { outputs: 2, domain, activation },
          { outputs: 1, domain },
        ],
        loss: 'zero-one',
        margin: 0.5,
      },
      {
        title: `XOR with hinge, ${activation}, ${domain}`,
        rows: corners,
        labels: xor,
        layers: [
          { outputs: 2, domain, activation },
          { outputs: 1, domain },
        ],
        loss: 'hinge',
        margin: 1.5,
        sparsity: 0.1,
      },
      {
        title: `three classes, ${activation}, ${domain}`,
        rows: corners,
        labels: three,
        layers: [
          { outputs: 1, domain, activation },
          { outputs: 3, domain },
        ],
        loss: 'hinge',
        margin: 1,
      },
    ]),
  ),
  ...(['sign', 'step', 'ternary', 'relu', 'leakyRelu', 'clip', 'abs'] as const).map((activation): Case => ({
    title: `interval, ${activation}, integer(2)`,
    rows: line,
    labels: inside,
    layers: [
      { outputs: 2, domain: 'integer(2)', activation },
      { outputs: 1, domain: 'integer(2)' },
    ],
    loss: 'squared-hinge',
    margin: 1,
  })),
  ...(['sign', 'ternary', 'relu'] as const).map((activation): Case => ({
    title: `parity of three, ${activation}`,
    rows: cube,
    labels: parity,
    layers: [
      { outputs: 1, domain: 'ternary', activation },
      { outputs: 1, domain: 'integer(2)' },
    ],
    loss: 'zero-one',
    margin: 0.5,
  })),
  {
    title: 'parity of three, two neurons',
    rows: cube,
    labels: parity,
    layers: [
      { outputs: 2, domain: 'binary', activation: 'step', bias: true },
      { outputs: 1, domain: 'binary' },
    ],
    loss: 'zero-one',
    margin: 0.5,
  },
  {
    title: 'AND without hidden neurons',
    rows: corners,
    labels: and,
    layers: [{ outputs: 1, domain: 'ternary', bias: true }],
    loss: 'hinge',
    margin: 1.5,
    sparsity: 0.2,
  },
  {
    title: 'AND, integer(3)',
    rows: corners,
    labels: and,
    layers: [{ outputs: 1, domain: 'integer(3)', bias: true }],
    loss: 'zero-one',
    margin: 1.5,
    sparsity: 0.01,
  },
  {
    title: 'two layers of hidden neurons, sign',
    rows: square,
    labels: xor,
    layers: [
      { outputs: 2, domain: 'binary', activation: 'sign' },
      { outputs: 2, domain: 'binary', activation: 'step' },
      { outputs: 1, domain: 'ternary' },
    ],
    loss: 'hinge',
    margin: 0.5,
  },
  {
    title: 'two layers of hidden neurons, ternary and relu',
    rows: corners,
    labels: and,
    layers: [
      { outputs: 1, domain: 'ternary', activation: 'ternary' },
      { outputs: 2, domain: 'ternary', activation: 'relu' },
      { outputs: 1, domain: 'ternary' },
    ],
    loss: 'hinge',
    margin: 1,
  },
  {
    title: 'max score',
    rows: corners,
    labels: three,
    layers: [
      { outputs: 1, domain: 'binary', activation: 'sign' },
      { outputs: 3, domain: 'binary' },
    ],
    loss: 'max-score',
    margin: 1,
  },
  {
    title: 'mixed domains',
    rows: square,
    labels: xor,
    layers: [
      { outputs: 2, domain: 'ternary', activation: 'sign' },
      { outputs: 1, domain: 'integer(3)' },
    ],
    loss: 'hinge',
    margin: 2,
    sparsity: 0.05,
  },
  {
    title: 'sign with biases',
    rows: line,
    labels: inside,
    layers: [
      { outputs: 2, domain: 'binary', activation: 'sign', bias: true },
      { outputs: 1, domain: 'binary' },
    ],
    loss: 'zero-one',
    margin: 0.5,
  },
  {
    title: 'ternary with biases',
    rows: line,
    labels: inside,
    layers: [
      { outputs: 1, domain: 'ternary', activation: 'ternary', bias: true },
      { outputs: 1, domain: 'ternary', bias: true },
    ],
    loss: 'hinge',
    margin: 1,
  },
];

/** In order: what each stage may reach once the stages before it keep their best. Every sample can be fitted. */
const staged: readonly (Case & { readonly then: readonly Objective[] })[] = [
  ...(['sign', 'step', 'ternary', 'relu'] as const).flatMap(
    (activation): (Case & { readonly then: readonly Objective[] })[] => {
      const both: Omit<Case, 'title'> = {
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
let simplex: SessionSolver;
beforeAll(async () => {
  solver = await openSolver();
  simplex = await solver.sessions!();
});

describe('objective and bound equal the best of all networks', () => {
  test.each(cases.map((entry) => [entry.title, entry] as const))('%s', async (_, entry) => {
    const { problem, data } = problemOf(entry);
    const incumbent = await solveProblem(solver, freeNetwork(problem, data));
    const best = bestOfAll(entry);
    expect(incumbent.objective).toBeCloseTo(best, 6);
    expect(incumbent.bound).toBeCloseTo(best, 5);
    expect(incumbent.status).toBe('optimal');
  });

  test('there are at least 30 of them', async () => {
    expect(cases.length).toBeGreaterThanOrEqual(30);
  });
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
      const entry: Case = {
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
      const entry: Case = {
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

describe('the order of hidden neurons', () => {
  test.each(
    cases
      .filter(({ layers }) => layers.length > 1 && layers[0].outputs > 1)
      .slice(0, 12)
      .map((entry) => [entry.title, entry] as const),
  )('keeps an optimum and is smaller: %s', async (_, entry) => {
    const { problem, data } = problemOf(entry);
    const free = freeNetwork(problem, data, entry.margin);
    const [broken, whole] = [true, false].map(
      (breaksSymmetry) => encodeStage(free, { stage: 0, kept: [], breaksSymmetry }).model,
    );
    expect(broken.rowCount).toBeGreaterThan(whole.rowCount);
    expect(simplex.solve(broken).objective).toBeCloseTo(simplex.solve(whole).objective!, 6);
  });
});

function parametersOf(activation: ActivationName, threshold: number): object {
  if (activation === 'ternary') return { threshold };
  if (activation === 'leakyRelu') return { slope: 0.25 };
  return activation === 'clip' ? { low: -1, high: 1 } : {};
}

function problemOf({ rows, labels, layers, loss, margin, sparsity = 0 }: Case): {
  problem: TrainingProblem;
  data: LeafData;
} {
  const built: Layer[] = [];
  const free: (FreeLayer | null)[] = [];
  let inputs = rows[0].length;
  for (const { outputs, domain, activation, threshold = 1, bias = false } of layers) {
    built.push({
      kind: 'dense',
      inputs,
      outputs,
      weights: new Float64Array(inputs * outputs),
      bias: new Float64Array(outputs),
    });
    free.push({ domain, bias });
    inputs = outputs;
    if (activation === undefined) continue;
    built.push({ kind: 'activation', activation, ...parametersOf(activation, threshold) } as Layer);
    free.push(null);
  }
  const objective: Objective = { kind: 'fit', loss, margin, sparsity };
  const none = new Int32Array();
  const classes = Int32Array.from(new Set(labels)).sort();
  return {
    problem: {
      name: 'enumerated',
      dataset: { key: '', sha256: '', bytes: 0 },
      network: { inputShape: [rows[0].length], layers: built },
      free,
      objectives: [objective],
      view: { rows: none, labels: none, classes, shifts: 0, validationRows: none, validationLabels: none },
      limits: { gap: 0 },
      splits: [],
      seed: 0,
    },
    data: {
      features: Float64Array.from(rows.flat()),
      inputs: rows[0].length,
      shape: [rows[0].length],
      labels: Int32Array.from(labels),
      sampleWeights: new Float64Array(labels.length).fill(1),
      grid: 1,
    },
  };
}

/** Every choice of one value from each list. */
function* product(choices: readonly (readonly number[])[]): Generator<readonly number[]> {
  const chosen = choices.map((values) => values[0]);
  function* visit(depth: number): Generator<readonly number[]> {
    if (depth === chosen.length) return yield chosen;
    for (const value of choices[depth]) {
      chosen[depth] = value;
      yield* visit(depth + 1);
    }
  }
  yield* visit(0);
}

/** The least objective over all weights of the domains, and over all biases that tell networks apart. */
const bestOfAll = (entry: Case): number => bestInOrder(entry, [])[0];

/** The least first objective, then the least second one of the networks that have it, and so on. */
function bestInOrder(entry: Case, then: readonly Objective[]): number[] {
  const { rows, labels, layers, loss, margin, sparsity = 0 } = entry;
  const { problem } = problemOf(entry);
  const features = Float64Array.from(rows.flat());
  const choices: number[][] = [];
  problem.network.layers
    .filter((layer) => layer.kind === 'dense')
    .forEach((layer, position) => {
      const { domain, bias = false, activation } = layers[position];
      const isOnGrid = layers.slice(0, position).every((before) => before.activation !== 'leakyRelu');
      for (let k = 0; k < layer.weights.length; k++) choices.push(valuesOf(domain));
      for (let o = 0; o < layer.outputs; o++) choices.push(biasesOf({ bias, activation, isOnGrid }, o, layer.outputs));
    });
  let best: number[] = [];
  for (const numbers of product(choices)) {
    const values = valuesOfNetwork(numbers);
    const stage = values.findIndex((value, at) => !(Math.abs(value - best[at]) < 1e-9));
    if (stage >= 0 && !(values[stage] > best[stage])) best = values;
  }
  return best;

  function valuesOfNetwork(numbers: readonly number[]): number[] {
    let at = 0;
    const dense: Dense[] = [];
    const filled = problem.network.layers.map((layer): Layer => {
      if (layer.kind !== 'dense') return layer;
      const weights = Float64Array.from(numbers.slice(at, (at += layer.weights.length)));
      dense.push({ ...layer, weights, bias: Float64Array.from(numbers.slice(at, (at += layer.outputs))) });
      return dense.at(-1)!;
    });
    const scores = forward({ ...problem.network, layers: filled }, features, labels.length);
    const outputs = scores.length / labels.length;
    const margins = labels.map((label, k) => {
      const own = scores.subarray(k * outputs, (k + 1) * outputs);
      return outputs === 1
        ? label === 1
          ? own[0]
          : -own[0]
        : own[label] - Math.max(...own.filter((_, c) => c !== label));
    });
    const size = dense.reduce(
      (sum, { weights }) => sum + weights.reduce((inner, weight) => inner + Math.abs(weight), 0),
      0,
    );
    const fit = margins.reduce((sum, value) => sum + lossOf(loss).of(value, margin), sparsity * size);
    return [
      fit,
      ...then.map((objective) =>
        objective.kind === 'margin'
          ? -Math.min(...margins)
          : objective.kind === 'sparsity' && objective.of === 'neurons'
            ? usedIn(dense)
            : size,
      ),
    ];
  }
}

/** Hidden neurons with a weight in or out. */
function usedIn([first, second]: readonly Dense[]): number {
  return Array.from({ length: first.outputs }, (_, j) => j).filter(
    (j) =>
      first.weights.subarray(j * first.inputs, (j + 1) * first.inputs).some((weight) => weight !== 0) ||
      second.weights.some((weight, k) => k % second.inputs === j && weight !== 0),
  ).length;
}

function valuesOf(domain: WeightDomain): number[] {
  if (domain === 'binary') return [-1, 1];
  const bound = domain === 'ternary' ? 1 : Number(/\d+/.exec(domain)![0]);
  return Array.from({ length: 2 * bound + 1 }, (_, k) => k - bound);
}

const isGraded = (activation: ActivationName | undefined): boolean =>
  ['relu', 'leakyRelu', 'clip', 'abs'].some((name) => name === activation);

/** On inputs that are integers: half steps before a sign, a step and the score; whole ones by the threshold 1 else. */
function biasesOf(
  {
    bias,
    activation,
    isOnGrid,
  }: { readonly bias: boolean; readonly activation?: ActivationName; readonly isOnGrid: boolean },
  o: number,
  outputs: number,
): number[] {
  const offset =
    isGraded(activation) || !isOnGrid
      ? 0
      : activation === undefined && outputs > 1
        ? (outputs - 1 - o) / (2 * outputs)
        : 0.5;
  return bias ? [-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7].map((whole) => whole + offset) : [offset];
}
