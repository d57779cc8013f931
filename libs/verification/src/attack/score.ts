import { multiplicationCount, networkShapes, tracePass, type Network } from '@mipnet/network';
import { passOf } from '../prepared-pass.js';
import { conjunctionValue, rowValue, type Conjunction } from '../query.js';
import { backwardPass } from './backward.js';

/** What an attack makes larger: the value of a conjunction, one chosen for each sample. */
export interface Score {
  /** Outputs of `count` inputs, row-major. */
  readonly outputs: (inputs: Float64Array, count: number) => Float64Array;
  /**
   * Outputs, and the gradient of each sample's conjunction value with respect to its input; leaky: as if silent ReLUs
   * leaked.
   */
  readonly ascent: (
    inputs: Float64Array,
    count: number,
    aims: readonly Conjunction[],
    leaky?: boolean,
  ) => { readonly outputs: Float64Array; readonly gradient: Float64Array };
  readonly outputSize: number;
  /** Samples at a time that take a fraction of a second; after them somebody may want to stop. */
  readonly batch: number;
}

/** Multiplications of one batch. */
const batchProducts = 2 ** 27;

// Where most neurons are silent the derivative sees almost nothing. On mnistfc 256x2 (2 of 256 awake at some images)
// leaks of
// 0.003 to 0.02 find what neither the derivative nor a leak of 0.1 finds.
const LEAK = 0.01;

const prepared = new WeakMap<Network, Score>();

/**
 * Prepares the network for the thousands of evaluations of an attack, once: it must not change any more.
 * @throws NetworkError as `validateNetwork`
 */
export function prepareScore(network: Network): Score {
  let score = prepared.get(network);
  if (score === undefined) prepared.set(network, (score = scoreOf(network)));
  return score;
}

function scoreOf(network: Network): Score {
  const shapes = [network.inputShape, ...networkShapes(network)];
  const layersOf = tracePass(network);
  const exact = backwardPass(network);
  const leaky = backwardPass(network, LEAK);
  const outputSize = (shapes.at(-1) as readonly number[]).reduce((product, extent) => product * extent, 1);
  return {
    outputSize,
    batch: Math.max(1, Math.floor(batchProducts / multiplicationCount(network))),
    outputs: passOf(network),
    ascent: (inputs, count, aims, withLeak = false) => {
      const trace = [inputs, ...layersOf(inputs, count)];
      const outputs = trace[trace.length - 1];
      const gradient = new Float64Array(outputs.length);
      aims.forEach((aim, sample) => gradient.set(leastRow(aim, outputs, sample * outputSize), sample * outputSize));
      return { outputs, gradient: (withLeak ? leaky : exact)(trace, gradient, count) };
    },
  };
}

/** The coefficients of the row that decides the conjunction's value: its gradient with respect to the outputs. */
function leastRow(conjunction: Conjunction, outputs: Float64Array, start: number): Float64Array {
  const least = conjunctionValue(conjunction, outputs, start);
  const row = conjunction.find((candidate) => rowValue(candidate, outputs, start) === least);
  return row?.coefficients ?? new Float64Array(0);
}
