import { forward, type ActivationName, type Dense, type Layer, type WeightDomain } from '@mipnet/network';
import { lossOf } from '../model/objectives/losses/registry.js';
import type { Objective } from '../problem/objective.js';
import { problemOf, type EnumeratedCase } from './enumerated-case.js';

/** Every choice of one value from each list. */
export function* product(choices: readonly (readonly number[])[]): Generator<readonly number[]> {
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
export const bestOfAll = (entry: EnumeratedCase): number => bestInOrder(entry, [])[0];

/** The least first objective, then the least second one of the networks that have it, and so on. */
export function bestInOrder(entry: EnumeratedCase, then: readonly Objective[]): number[] {
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
