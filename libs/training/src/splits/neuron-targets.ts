// Tested by compositions.unit.test.ts.
import { openDataset, readRows, valuesOf } from '@mipnet/dataset';
import { forwardPass, isTwoValued, outputSize, piecesOf, type Network } from '@mipnet/network';
import type { ObjectStore } from '@mipnet/object-store';
import { TrainingError } from '../problem/training-error.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { copiesOf, partOfView } from '../rows/copies.js';

/** Rows run at a time. */
const chunkRows = 1024;

/**
 * The output of each neuron of a layer on each row of a problem: 1 if it is on (its step or sign is positive),
 * otherwise
 * 0. Training a neuron on these targets keeps its activations and looks for other weights that give them.
 * Source: the heuristic HA of Toro Icarte et al. 2019: activations fixed from a feasible network, then one IP per
 * neuron.
 * @param index of the dense layer; its activation follows it
 * @returns one array per neuron, of the length of the view
 */
export async function neuronTargets(
  store: ObjectStore,
  { name, dataset, network, view }: TrainingProblem,
  index: number,
): Promise<Uint8Array[]> {
  const activation = network.layers[index + 1];
  if (activation?.kind !== 'activation' || !isTwoValued(piecesOf(activation))) {
    throw new TrainingError('problem', `${name}: neurons of layer ${index} have targets only behind step or sign`);
  }
  const seen: Network = { inputShape: network.inputShape, layers: network.layers.slice(0, index + 2) };
  const width = outputSize(seen);
  const targets = Array.from({ length: width }, () => new Uint8Array(view.rows.length));
  const { train } = await openDataset(store, dataset);
  const pass = forwardPass(seen);
  for (let from = 0; from < view.rows.length; from += chunkRows) {
    const part = partOfView(view, from, from + chunkRows);
    const [image] = copiesOf(view);
    const samples = image(await readRows(store, train, part.rows), part);
    const outputs = pass(valuesOf(samples), samples.count);
    for (let k = 0; k < samples.count; k++)
      for (let j = 0; j < width; j++) targets[j][from + k] = outputs[k * width + j] > 0 ? 1 : 0;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return targets;
}

/** Activations that a yes or no describes. */
