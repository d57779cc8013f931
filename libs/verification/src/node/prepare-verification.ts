// Tested by verification-run.unit.test.ts.
import { writeDataset, type Samples } from '@mipnet/dataset/stored';
import { networkShapes, sizeOf, type Network } from '@mipnet/network';
import { putObject, type ObjectRef, type ObjectStore } from '@mipnet/object-store';
import type { ProblemNode } from '@mipnet/recursion';
import {
  putVerification,
  solverOf,
  countQuestions,
  type ImageQuestions,
  type PropertyQuestion,
  type VerificationProblem,
} from './verification-problem.js';

export interface Asked extends Pick<VerificationProblem, 'name' | 'timeLimit' | 'slots' | 'solver'> {
  readonly network: Network;
  /** Its ONNX file in the store. */
  readonly model: ObjectRef;
  readonly questions:
    | (Omit<ImageQuestions, 'dataset' | 'rows'> & { /** One row an image. */ readonly samples: Samples })
    | PropertyQuestion;
}

export const putModel = (store: ObjectStore, bytes: Uint8Array): Promise<ObjectRef> =>
  putObject(store, 'networks', bytes);

/** From a request to the root of the tree: writes the network and the images once into the object store. */
export async function prepareVerification(
  store: ObjectStore,
  { name, timeLimit, slots, solver, network, model, questions }: Asked,
): Promise<ProblemNode> {
  const problem: VerificationProblem = {
    name,
    timeLimit,
    slots,
    ...solverOf({ solver }),
    network: model,
    forwardCost: forwardCost(network),
    questions: questions.kind === 'property' ? questions : await storedImages(store, questions),
  };
  return {
    kind: 'verify',
    name,
    problem: await putVerification(store, { stage: 'run', problem }),
    splits: ['questions'],
    ...solverOf({ solver }),
    questions: countQuestions(problem),
  };
}

async function storedImages(
  store: ObjectStore,
  { samples, ...questions }: Extract<Asked['questions'], { samples: Samples }>,
): Promise<ImageQuestions> {
  const { name, classes, inputShape, count } = samples;
  const dataset = await writeDataset(store, { name, classes, inputShape, train: samples, test: null, notes: [] });
  return { ...questions, dataset, rows: Int32Array.from({ length: count }, (_, row) => row) };
}

/** Multiply-adds of a forward pass. */
function forwardCost(network: Network): number {
  const shapes = networkShapes(network);
  return network.layers.reduce((sum, layer, at) => {
    if (layer.kind === 'dense') return sum + layer.weights.length;
    if (layer.kind !== 'conv2d') return sum;
    return sum + (sizeOf(shapes[at]) * layer.weights.length) / layer.outputChannels;
  }, 0);
}
