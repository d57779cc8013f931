// Tested by ../activations/conformance.unit.test.ts.
import type { Activation } from '../activations/registry.js';
import type { DenseMatrix } from '../dense-matrix/dense-matrix.js';
import type { Quantize } from '../network.js';

/**
 * What a layer does to a flat input, read once: encoder and bounds use these maps and need no image geometry. Output j
 * of a sparse map depends on the inputs indices[e] with starts[j] <= e < starts[j + 1].
 */
export type LayerMap = AffineMap | MaximumMap | ElementwiseMap | IdentityMap;

/** A map in its network: its input is the outputs of its sources one after the other. -1 is the network's input. */
export type PlacedMap = LayerMap & { readonly sources: readonly number[] };

/** y_j = sum of values[e] x_indices[e] + bias_j: dense, convolution, average pool, scale, select. */
export interface AffineMap {
  readonly kind: 'affine';
  readonly inputs: number;
  readonly outputs: number;
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
  readonly bias: Float64Array;
  /** The same numbers as a full matrix, if products with it are faster. */
  readonly matrix?: DenseMatrix;
  /** Copied from its layer: certificates count the runtime's rounding here. */
  readonly arithmetic?: 'float32';
  /** Of an add layer: a runtime may take it into the sums that it reads. */
  readonly isSum?: true;
  /** Of a scale layer: output j reads input j alone. */
  readonly isScale?: true;
  /** Of a select layer: every output is one input, unchanged, or its constant. Nothing is rounded. */
  readonly isSelect?: true;
  /** If the biases were computed from larger numbers: the sum of their absolute values. */
  readonly biasSize?: Float64Array;
}

/** y_j = max of x_indices[e]. Padding is minus infinity: it is in no window. */
export interface MaximumMap {
  readonly kind: 'maximum';
  readonly inputs: number;
  readonly outputs: number;
  readonly starts: Int32Array;
  readonly indices: Int32Array;
}

export interface ElementwiseMap {
  readonly kind: 'elementwise';
  readonly inputs: number;
  readonly outputs: number;
  readonly layer: Activation | Quantize;
  readonly arithmetic?: 'float32';
}

export interface IdentityMap {
  readonly kind: 'identity';
  readonly inputs: number;
  readonly outputs: number;
}
