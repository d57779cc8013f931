import { isOddBesideJumps, piecesOf, type Dense, type Network } from '@mipnet/network';
import { denseAt, withLayer } from '../problem/free-layers.js';
import { hiddenLayers, type HiddenLayer } from '../model/hidden-layers.js';
import type { TrainingProblem } from '../problem/training-problem.js';

/**
 * The same function, with its hidden neurons permuted and their signs flipped so that each stands where the most
 * similar neuron of another network stands. Only then is an average of the two networks meaningful. Neurons are matched
 * greedily, the most similar first, by the cosine of their weights in. Layers whose weights have boxes stay as they
 * are: all of them were made around the same center.
 */
export function alignedTo(problem: TrainingProblem, reference: Network, network: Network): Network {
  return hiddenLayers(problem, { from: 0, to: network.layers.length })
    .filter(({ incoming, outgoing }) => !problem.free[incoming]?.lower && !problem.free[outgoing]?.lower)
    .reduce((current, hidden) => aligned(reference, current, hidden, problem.free[hidden.incoming]!.bias), network);
}

interface Match {
  readonly from: number;
  readonly to: number;
  readonly cosine: number;
}

function aligned(
  reference: Network,
  network: Network,
  { incoming, outgoing, activation }: HiddenLayer,
  hasBias: boolean,
): Network {
  const into = denseAt(network, incoming);
  const out = denseAt(network, outgoing);
  const wanted = denseAt(reference, incoming);
  // An odd activation lets a neuron change its sign; with a fixed bias that would be another function.
  const isOdd = hasBias && activation !== undefined && isOddBesideJumps(piecesOf(activation));
  const matches = greedy(into, wanted, isOdd);
  const movedIn: Dense = { ...into, weights: into.weights.slice(), bias: into.bias.slice() };
  const movedOut: Dense = { ...out, weights: out.weights.slice() };
  for (const { from, to, cosine } of matches) {
    const sign = isOdd && cosine < 0 ? -1 : 1;
    for (let i = 0; i < into.inputs; i++)
      movedIn.weights[to * into.inputs + i] = sign * into.weights[from * into.inputs + i] || 0;
    movedIn.bias[to] = sign * into.bias[from];
    for (let o = 0; o < out.outputs; o++)
      movedOut.weights[o * out.inputs + to] = sign * out.weights[o * out.inputs + from] || 0;
  }
  return withLayer(withLayer(network, incoming, movedIn), outgoing, movedOut);
}

function greedy(into: Dense, wanted: Dense, isOdd: boolean): Match[] {
  const all: Match[] = [];
  for (let from = 0; from < into.outputs; from++) {
    for (let to = 0; to < wanted.outputs; to++)
      all.push({ from, to, cosine: cosine(row(into, from), row(wanted, to)) });
  }
  const likeness = (match: Match): number => (isOdd ? Math.abs(match.cosine) : match.cosine);
  all.sort((a, b) => likeness(b) - likeness(a) || a.from - b.from || a.to - b.to);
  const taken = new Set<number>();
  const filled = new Set<number>();
  return all.filter(({ from, to }) => !taken.has(from) && !filled.has(to) && taken.add(from) && filled.add(to));
}

const row = ({ weights, inputs }: Dense, o: number): Float64Array => weights.subarray(o * inputs, (o + 1) * inputs);

function cosine(a: Float64Array, b: Float64Array): number {
  let product = 0;
  let ofA = 0;
  let ofB = 0;
  for (let i = 0; i < a.length; i++) {
    product += a[i] * b[i];
    ofA += a[i] * a[i];
    ofB += b[i] * b[i];
  }
  return product / Math.sqrt(Math.max(1e-12, ofA * ofB));
}
