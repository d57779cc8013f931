import { forward, type ActivationName, type Layer, type Network, type WeightDomain } from '@mipnet/network';
import { loadHighsSolver, type Solver } from '@mipnet/solver';
import { beforeAll, describe, expect, test } from 'vitest';
import { lossOf } from '../objectives/loss.js';
import type { FitLoss, Objective } from '../objectives/objective.js';
import type { FreeLayer, TrainingProblem } from '../training-problem.js';
import type { LeafData } from './leaf-data.js';
import { bodyOf } from './body.js';
import { solveProblem } from './solve-problem.js';
import { encodeStage } from './stage-model.js';

// Every network of an architecture is listed, and the best of them is what the MIP must find and prove.

interface Case {
  readonly title: string;
  readonly rows: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly layers: readonly { readonly outputs: number; readonly domain: WeightDomain; readonly activation?: ActivationName; readonly threshold?: number; readonly bias?: boolean }[];
  readonly loss: FitLoss;
  readonly margin: number;
  readonly sparsity?: number;
}

const square = [[-1, -1], [-1, 1], [1, -1], [1, 1]];
const corners = [[0, 0], [0, 1], [1, 0], [1, 1]];
const cube = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => [k & 1, (k >> 1) & 1, (k >> 2) & 1].map((bit) => 2 * bit - 1));
const xor = [0, 1, 1, 0];
const and = [0, 0, 0, 1];
const parity = cube.map((row) => (row.filter((value) => value === 1).length % 2));
const line = [[-2], [-1], [0], [1], [2]];
const inside = [0, 1, 1, 1, 0];
const three = [0, 1, 2, 2];

const cases: Case[] = [
  ...(['sign', 'step', 'ternary', 'relu'] as const).flatMap((activation) => (['ternary', 'binary'] as const).flatMap((domain): Case[] => [
    { title: `XOR, ${activation}, ${domain}`, rows: square, labels: xor, layers: [{ outputs: 2, domain, activation }, { outputs: 1, domain }], loss: 'zero-one', margin: 0.5 },
    { title: `XOR with hinge, ${activation}, ${domain}`, rows: corners, labels: xor, layers: [{ outputs: 2, domain, activation }, { outputs: 1, domain }], loss: 'hinge', margin: 1.5, sparsity: 0.1 },
    { title: `three classes, ${activation}, ${domain}`, rows: corners, labels: three, layers: [{ outputs: 1, domain, activation }, { outputs: 3, domain }], loss: 'hinge', margin: 1 },
  ])),
  ...(['sign', 'step', 'ternary', 'relu'] as const).map((activation): Case => (
    { title: `interval, ${activation}, integer(2)`, rows: line, labels: inside, layers: [{ outputs: 2, domain: 'integer(2)', activation }, { outputs: 1, domain: 'integer(2)' }], loss: 'squared-hinge', margin: 1 })),
  ...(['sign', 'ternary', 'relu'] as const).map((activation): Case => (
    { title: `parity of three, ${activation}`, rows: cube, labels: parity, layers: [{ outputs: 1, domain: 'ternary', activation }, { outputs: 1, domain: 'integer(2)' }], loss: 'zero-one', margin: 0.5 })),
  { title: 'parity of three, two neurons', rows: cube, labels: parity, layers: [{ outputs: 2, domain: 'binary', activation: 'step', bias: true }, { outputs: 1, domain: 'binary' }], loss: 'zero-one', margin: 0.5 },
  { title: 'AND without hidden neurons', rows: corners, labels: and, layers: [{ outputs: 1, domain: 'ternary', bias: true }], loss: 'hinge', margin: 1.5, sparsity: 0.2 },
  { title: 'AND, integer(3)', rows: corners, labels: and, layers: [{ outputs: 1, domain: 'integer(3)', bias: true }], loss: 'zero-one', margin: 1.5, sparsity: 0.01 },
  { title: 'two layers of hidden neurons, sign', rows: square, labels: xor, layers: [{ outputs: 2, domain: 'binary', activation: 'sign' }, { outputs: 2, domain: 'binary', activation: 'step' }, { outputs: 1, domain: 'ternary' }], loss: 'hinge', margin: 0.5 },
  { title: 'two layers of hidden neurons, ternary and relu', rows: corners, labels: and, layers: [{ outputs: 1, domain: 'ternary', activation: 'ternary' }, { outputs: 2, domain: 'ternary', activation: 'relu' }, { outputs: 1, domain: 'ternary' }], loss: 'hinge', margin: 1 },
  { title: 'max score', rows: corners, labels: three, layers: [{ outputs: 1, domain: 'binary', activation: 'sign' }, { outputs: 3, domain: 'binary' }], loss: 'max-score', margin: 1 },
  { title: 'mixed domains', rows: square, labels: xor, layers: [{ outputs: 2, domain: 'ternary', activation: 'sign' }, { outputs: 1, domain: 'integer(3)' }], loss: 'hinge', margin: 2, sparsity: 0.05 },
  { title: 'sign with biases', rows: line, labels: inside, layers: [{ outputs: 2, domain: 'binary', activation: 'sign', bias: true }, { outputs: 1, domain: 'binary' }], loss: 'zero-one', margin: 0.5 },
  { title: 'ternary with biases', rows: line, labels: inside, layers: [{ outputs: 1, domain: 'ternary', activation: 'ternary', bias: true }, { outputs: 1, domain: 'ternary', bias: true }], loss: 'hinge', margin: 1 },
];

let solver: Solver;
beforeAll(async () => {
  solver = await loadHighsSolver();
});

describe('objective and bound equal the best of all networks', () => {
  test.each(cases.map((entry) => [entry.title, entry] as const))('%s', (_, entry) => {
    const { problem, data } = problemOf(entry);
    const incumbent = solveProblem(solver, problem, data);
    const best = bestOfAll(entry);
    expect(incumbent.objective).toBeCloseTo(best, 6);
    expect(incumbent.bound).toBeCloseTo(best, 5);
    expect(incumbent.status).toBe('optimal');
  });

  test('there are at least 30 of them', () => {
    expect(cases.length).toBeGreaterThanOrEqual(30);
  });
});

describe('the order of hidden neurons', () => {
  test.each(cases.filter(({ layers }) => layers.length > 1 && layers[0].outputs > 1).slice(0, 12).map((entry) => [entry.title, entry] as const))('keeps an optimum and is smaller: %s', (_, entry) => {
    const { problem, data } = problemOf(entry);
    const body = bodyOf(problem);
    const [broken, whole] = [true, false].map((breaksSymmetry) => encodeStage(problem, data, body, { stage: 0, kept: [], margin: entry.margin, breaksSymmetry }).model);
    expect(broken.rowCount).toBeGreaterThan(whole.rowCount);
    expect(solver.solve(broken).objective).toBeCloseTo(solver.solve(whole).objective!, 6);
  });
});

function problemOf({ rows, labels, layers, loss, margin, sparsity = 0 }: Case): { problem: TrainingProblem; data: LeafData } {
  const built: Layer[] = [];
  const free: (FreeLayer | null)[] = [];
  let inputs = rows[0].length;
  for (const { outputs, domain, activation, threshold = 1, bias = false } of layers) {
    built.push({ kind: 'dense', inputs, outputs, weights: new Float64Array(inputs * outputs), bias: new Float64Array(outputs) });
    free.push({ domain, bias });
    inputs = outputs;
    if (activation === undefined) continue;
    built.push({ kind: 'activation', activation, ...(activation === 'ternary' ? { threshold } : {}) });
    free.push(null);
  }
  const objective: Objective = { kind: 'fit', loss, margin, sparsity };
  const none = new Int32Array();
  const classes = Int32Array.from(new Set(labels)).sort();
  return {
    problem: {
      name: 'enumerated', dataset: { key: '', sha256: '', bytes: 0 }, network: { inputShape: [rows[0].length], layers: built }, free, objectives: [objective],
      view: { rows: none, labels: none, classes, shifts: 0, validationRows: none, validationLabels: none }, limits: { gap: 0 }, splits: [], seed: 0,
    },
    data: { features: Float64Array.from(rows.flat()), inputs: rows[0].length, shape: [rows[0].length], labels: Int32Array.from(labels), sampleWeights: new Float64Array(labels.length).fill(1), grid: 1 },
  };
}

/** The least objective over all weights of the domains, and over all biases that tell networks apart. */
function bestOfAll(entry: Case): number {
  const { rows, labels, layers, loss, margin, sparsity = 0 } = entry;
  const { problem } = problemOf(entry);
  const features = Float64Array.from(rows.flat());
  const dense = problem.network.layers.flatMap((layer, index) => (layer.kind === 'dense' ? [{ layer, index }] : []));
  const choices: number[][] = [];
  dense.forEach(({ layer }, position) => {
    const { domain, bias = false, activation } = layers[position];
    for (let k = 0; k < layer.weights.length; k++) choices.push(valuesOf(domain));
    for (let o = 0; o < layer.outputs; o++) choices.push(biasesOf({ bias, activation }, o, layer.outputs));
  });
  const chosen = choices.map((values) => values[0]);
  let best = Infinity;
  const visit = (depth: number): void => {
    if (depth === chosen.length) {
      best = Math.min(best, valueOf(chosen));
      return;
    }
    for (const value of choices[depth]) {
      chosen[depth] = value;
      visit(depth + 1);
    }
  };
  visit(0);
  return best;

  function valueOf(numbers: readonly number[]): number {
    let at = 0;
    let size = 0;
    const filled: Network = {
      ...problem.network,
      layers: problem.network.layers.map((layer) => {
        if (layer.kind !== 'dense') return layer;
        const weights = Float64Array.from(numbers.slice(at, (at += layer.weights.length)));
        size += weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
        return { ...layer, weights, bias: Float64Array.from(numbers.slice(at, (at += layer.outputs))) };
      }),
    };
    const scores = forward(filled, features, labels.length);
    const outputs = scores.length / labels.length;
    return labels.reduce((sum, label, k) => {
      const own = scores.subarray(k * outputs, (k + 1) * outputs);
      const marginHere = outputs === 1 ? (label === 1 ? own[0] : -own[0]) : own[label] - Math.max(...own.filter((_, c) => c !== label));
      return sum + lossOf(loss).of(marginHere, margin);
    }, sparsity * size);
  }
}

function valuesOf(domain: WeightDomain): number[] {
  if (domain === 'binary') return [-1, 1];
  const bound = domain === 'ternary' ? 1 : Number(/\d+/.exec(domain)![0]);
  return Array.from({ length: 2 * bound + 1 }, (_, k) => k - bound);
}

/** On inputs that are integers: half steps before a sign, a step and the score; whole ones by the threshold 1 else. */
function biasesOf({ bias, activation }: { readonly bias: boolean; readonly activation?: ActivationName }, o: number, outputs: number): number[] {
  const offset = activation === 'relu' ? 0 : activation === undefined && outputs > 1 ? (outputs - 1 - o) / (2 * outputs) : 0.5;
  return bias ? [-8, -7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7].map((whole) => whole + offset) : [offset];
}
