// Tested by ../solve/optimality.unit.test.ts.
import type { FreeDense } from '@mipnet/encoding';
import type { LinearExpression, ModelBuilder } from '@mipnet/mip';
import { isOddBesideJumps, piecesOf, weightBound, type Dense, type Network } from '@mipnet/network';
import { withLayer } from '../problem/free-layers.js';
import type { FreeLayer } from '../problem/training-problem.js';
import type { FreeLayers } from './free-network.js';
import type { HiddenLayer } from './hidden-layers.js';

// Hidden neurons can change places, and those with an odd activation (sign, ternary, hard tanh) can change their sign
// together with their weights out: many networks, one function. The rows here keep one of each, and always an optimum:
//
//     odd, with bias:           first weight out >= 0
//     with bias:                b_1 >= b_2 >= ...
//     without, integer weights: sum_i B^(m-i) w_1i >= sum_i B^(m-i) w_2i >= ..., B = 2P + 1: lexicographic in the first
//     m
//
// A layer with boxes around its weights gets no rows: the permuted weights may lie outside the box.

/** Beyond this a factor of the lexicographic order is too large for the tolerances of a solver. */
const largestFactor = 1000;

interface Breakable extends HiddenLayer {
  readonly flips: boolean;
  readonly byBias: boolean;
  /** Of the weights into a neuron: which inputs count, and their factors. Empty if they give no order. */
  readonly inputs: readonly number[];
  readonly factors: readonly number[];
}

function breakable({ problem, from, hidden: layers }: FreeLayers, live: Uint8Array): Breakable[] {
  return layers.flatMap((hidden) => {
    const into = problem.free[hidden.incoming]!;
    const out = problem.free[hidden.outgoing]!;
    if (into.lower || into.upper || out.lower || out.upper) {
      if (!isUniform(into) || !isUniform(out)) return [];
    }
    const flips = into.bias && hidden.activation !== undefined && isOddBesideJumps(piecesOf(hidden.activation));
    const { inputs, factors } = into.bias
      ? { inputs: [], factors: [] }
      : lexicographic(
          into,
          denseOf(problem.network, hidden.incoming).inputs,
          hidden.incoming === from ? live : undefined,
        );
    return [{ ...hidden, flips, byBias: into.bias, inputs, factors }];
  });
}

/** Whether the box is the same for every weight and as wide below zero as above. */
function isUniform({ lower, upper }: FreeLayer): boolean {
  return (
    (lower ?? []).every((value) => value === lower![0]) &&
    (upper ?? []).every((value) => value === upper![0]) &&
    lower?.[0] === -(upper?.[0] ?? NaN)
  );
}

function lexicographic(
  { domain }: FreeLayer,
  inputs: number,
  live: Uint8Array | undefined,
): Pick<Breakable, 'inputs' | 'factors'> {
  const candidates = Array.from({ length: inputs }, (_, i) => i).filter((i) => !live || live[i]);
  const base = domain === 'real' ? Infinity : 2 * weightBound(domain) + 1;
  const length = Math.min(
    candidates.length,
    domain === 'real' ? 1 : 1 + Math.floor(Math.log(largestFactor) / Math.log(base)),
  );
  return {
    inputs: candidates.slice(0, length),
    factors: Array.from({ length }, (_, i) => (length === 1 ? 1 : base ** (length - 1 - i))),
  };
}

/**
 * Adds the rows.
 * @returns the one of the equivalent networks that satisfies the rows; a start must be this one
 */
export function breakSymmetry(
  builder: ModelBuilder,
  free: FreeLayers,
  columns: ReadonlyMap<number, FreeDense>,
  live: Uint8Array,
): (network: Network) => Network {
  const layers = breakable(free, live);
  for (const hidden of layers) {
    const into = columns.get(hidden.incoming)!;
    const out = columns.get(hidden.outgoing)!;
    const rank = (j: number): LinearExpression[] =>
      hidden.byBias ? [into.biasUnit(builder, j).expression] : hidden.inputs.map((i) => into.weight(j, i));
    const factors = hidden.byBias ? [1] : hidden.factors;
    for (let j = 0; j + 1 < into.outputs && factors.length > 0; j++) {
      builder.rowOf(0, [...rank(j), ...rank(j + 1)], [...factors, ...factors.map((factor) => -factor)], Infinity);
    }
    for (let j = 0; hidden.flips && j < into.outputs; j++) builder.row(0, out.weight(0, j), Infinity);
  }
  return (network) =>
    layers.reduce((current, hidden) => ordered(hidden.flips ? flipped(current, hidden) : current, hidden), network);
}

function flipped(network: Network, { incoming, outgoing }: Breakable): Network {
  const into = copyOf(denseOf(network, incoming));
  const out = copyOf(denseOf(network, outgoing));
  for (let j = 0; j < into.outputs; j++) {
    if (out.weights[j] >= 0) continue;
    for (let i = 0; i < into.inputs; i++) into.weights[j * into.inputs + i] = -into.weights[j * into.inputs + i] || 0;
    into.bias[j] = -into.bias[j];
    for (let o = 0; o < out.outputs; o++) out.weights[o * out.inputs + j] = -out.weights[o * out.inputs + j] || 0;
  }
  return withLayer(withLayer(network, incoming, into), outgoing, out);
}

function ordered(network: Network, { incoming, outgoing, byBias, inputs, factors }: Breakable): Network {
  const into = denseOf(network, incoming);
  const out = denseOf(network, outgoing);
  const rank = (j: number): number =>
    byBias
      ? into.bias[j]
      : inputs.reduce((sum, i, position) => sum + factors[position] * into.weights[j * into.inputs + i], 0);
  const order = Array.from({ length: into.outputs }, (_, j) => j).sort((a, b) => rank(b) - rank(a) || a - b);
  const movedIn = copyOf(into);
  const movedOut = copyOf(out);
  order.forEach((from, to) => {
    movedIn.weights.set(into.weights.subarray(from * into.inputs, (from + 1) * into.inputs), to * into.inputs);
    movedIn.bias[to] = into.bias[from];
    for (let o = 0; o < out.outputs; o++) movedOut.weights[o * out.inputs + to] = out.weights[o * out.inputs + from];
  });
  return withLayer(withLayer(network, incoming, movedIn), outgoing, movedOut);
}

/** A layer of hidden neurons: both sides of them are dense. */
const denseOf = (network: Network, index: number): Dense => network.layers[index] as Dense;

const copyOf = (layer: Dense): Dense => ({ ...layer, weights: layer.weights.slice(), bias: layer.bias.slice() });
