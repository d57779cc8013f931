import { seededRandom, type Samples } from '@mipnet/dataset';
import { classify, toOnnx, type Network } from '@mipnet/network';
import { MemoryStore } from '@mipnet/object-store';
import { solveTree, type Driver, type ProblemNode, type Solved } from '@mipnet/recursion';
import type { Solver } from '@mipnet/solver';
import { divideNode } from '../node/divide-node.js';
import { mergeNode } from '../node/merge-node.js';
import { prepareVerification, putModel } from '../node/prepare-verification.js';
import { keyOfVerdict } from '../node/kept-verdicts.js';
import { imageQuery } from '../node/questions.js';
import { solveLeaf, type VerifyLeafOptions } from '../node/solve-leaf.js';
import type { ImageQuestions } from '../node/verification-problem.js';
import type { Query } from '../query.js';

/** A dense relu network 4-8-3 on float32 numbers, and images of four pixels that it labels itself, but for the last. */
export function smallNetwork(seed: number): Network {
  const random = seededRandom(seed, 'small network');
  const numbers = (length: number): Float64Array =>
    Float64Array.from({ length }, () => Math.fround(2 * random.uniform() - 1));
  const dense = (inputs: number, outputs: number) => ({
    kind: 'dense' as const,
    inputs,
    outputs,
    weights: numbers(inputs * outputs),
    bias: numbers(outputs),
  });
  return { inputShape: [4], layers: [dense(4, 8), { kind: 'activation', activation: 'relu' }, dense(8, 3)] };
}

export function smallImages(network: Network, seed: number, count: number): Samples {
  const random = seededRandom(seed, 'small images');
  const features = Uint8Array.from({ length: 4 * count }, () => Math.floor(random.uniform() * 256));
  const labels = classify(
    network,
    Float64Array.from(features, (value) => value / 255),
    count,
  );
  labels[count - 1] = (labels[count - 1] + 1) % 3;
  return { name: 'small', classes: ['a', 'b', 'c'], inputShape: [4], count, size: 4, features, scale: 1 / 255, labels };
}

export interface SmallRun {
  readonly store: MemoryStore;
  readonly node: ProblemNode;
  readonly queries: readonly Query[];
  readonly keys: readonly string[];
}

/** A prepared run over all images. */
export async function prepareSmallRun(
  network: Network,
  samples: Samples,
  ball: Pick<ImageQuestions, 'epsilon' | 'norm' | 'goal'>,
  options: { readonly timeLimit?: number; readonly slots?: number } = {},
  store = new MemoryStore(),
): Promise<SmallRun> {
  const model = await putModel(store, toOnnx(network));
  const queries = Array.from({ length: samples.count }, (_, at) =>
    imageQuery(
      network,
      { ...ball, ties: 'unsafe' },
      Float64Array.from(samples.features.subarray(4 * at, 4 * at + 4), (value) => value * samples.scale),
      samples.labels[at],
    ),
  );
  const keys = queries.map((query) => keyOfVerdict(model, [query]));
  const node = await prepareVerification(store, {
    name: 'small',
    network,
    model,
    timeLimit: options.timeLimit ?? 60,
    slots: options.slots ?? 2,
    questions: {
      kind: 'images',
      ...ball,
      ties: 'unsafe',
      images: Int32Array.from({ length: samples.count }, (_, at) => 10 + at),
      keys,
      samples,
    },
  });
  return { store, node, queries, keys };
}

export interface RunOptions {
  readonly window?: number;
  readonly leaf?: (leaf: ProblemNode) => VerifyLeafOptions;
  /** Instead of the solve of a leaf. */
  readonly solve?: (leaf: ProblemNode, unneeded: Promise<void>) => Promise<Solved>;
  readonly stopped?: () => boolean;
}

/** The recursion in this thread. */
export async function run(
  solver: Solver,
  { store, node }: SmallRun,
  options: RunOptions = {},
): Promise<{ readonly solved: Solved; readonly leaves: readonly ProblemNode[] }> {
  const leaves: ProblemNode[] = [];
  const driver: Driver = {
    window: options.window ?? 1,
    divide: (part, state) => divideNode(store, part, state),
    merge: (part, state, parts) => mergeNode(store, part, state, parts),
    solve: (leaf, unneeded) => {
      leaves.push(leaf);
      return options.solve?.(leaf, unneeded) ?? solveLeaf(store, solver, leaf, options.leaf?.(leaf));
    },
    recurse: (part) => solveTree(driver, part),
    stopped: options.stopped ?? (() => false),
    ready: async () => undefined,
    checkpoint: async () => undefined,
    progress: () => undefined,
  };
  return { solved: await solveTree(driver, node), leaves };
}
