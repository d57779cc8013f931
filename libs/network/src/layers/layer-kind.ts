// Tested by ../activations/conformance.unit.test.ts.
import type { NetworkErrorCode } from '../network-error.js';
import type { GraphWriter } from '../onnx/graph-writer.js';
import type { Shape } from '../shape.js';
import type { LayerMap } from './layer-map.js';

/**
 * The definition of a layer kind, for the whole network package. A new one is a file with one of these, its type in
 * `network.ts` and its line in `registry.ts`.
 */
export interface LayerKind<L> {
  /** Whether it may read several layers. It gets their outputs one after the other, as one vector. */
  readonly readsSeveral?: true;
  /**
   * Shape of the output. Refuses a layer that does not fit its input, or whose own numbers are not allowed.
   * @param others shapes of its other sources
   */
  readonly shape: (layer: L, input: Shape, refuse: Refuse, others: readonly Shape[]) => Shape;
  /**
   * Undefined for a layer that changes no number.
   * @param input of the first layer that it reads
   * @param sources how many it reads
   */
  readonly prepare: (layer: L, input: Shape, output: Shape, sources: number) => PreparedLayer | undefined;
  /** As `prepare`. */
  readonly map: (layer: L, input: Shape, output: Shape, sources: number) => LayerMap;
  /** The arrays of numbers that the layer holds, by name. */
  readonly parameters: (layer: L) => readonly (readonly [string, Float64Array])[];
  /** Of one sample; one per output if nothing is multiplied. */
  readonly multiplications: (layer: L, output: Shape) => number;
  /** The layer with its numbers as a float32 file has them. Arrays are rounded already. */
  readonly rounded: (layer: L) => L;
  /** Whether float32 arithmetic can differ from real arithmetic in this layer. */
  readonly rounds: (layer: L) => boolean;
  readonly write: (graph: GraphWriter, layer: L, input: Shape) => void;
}

export type Refuse = (code: NetworkErrorCode, message: string) => never;

/** One layer made ready to run over a batch: weights already in the order in which the loops read them. */
export interface PreparedLayer {
  /** Size of one output. */
  readonly outputs: number;
  /** Reads `count` inputs one after the other, writes `count` outputs one after the other. Must not read `output`. */
  readonly run: (input: Float64Array, output: Float64Array, count: number) => void;
}
