import type { Activation } from './activations/registry.js';
import type { Place } from './place.js';
import type { Shape } from './shape.js';

/** What the weights of an affine layer may be. `integer(P)`: {-P, ..., P}; `ternary`: {-1,0,1}; `binary`: {-1,1}. */
export type WeightDomain = 'ternary' | 'binary' | 'real' | `integer(${number})`;

/** A layer whose result is rounded by the runtime. */
export interface Rounded extends Place {
  /**
   * `float32`: certificates count the ONNX runtime's rounding in this layer, in any order of summation (`inFloat32`).
   * Absent: float64 arithmetic only. It changes nothing in the forward pass, which is float64.
   */
  readonly arithmetic?: 'float32';
}

/** y = W x + b on a flat input. */
export interface Dense extends Rounded {
  readonly kind: 'dense';
  readonly inputs: number;
  readonly outputs: number;
  /** outputs x inputs, row-major. */
  readonly weights: Float64Array;
  /** One for each output. */
  readonly bias: Float64Array;
}

/** 2-D convolution (cross-correlation, as in ONNX). Input channels x rows x columns. */
export interface Conv2d extends Rounded {
  readonly kind: 'conv2d';
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly groups: number;
  /** rows, columns */
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** top, left, bottom, right; padded with zeros. */
  readonly pads: readonly [number, number, number, number];
  /** outputChannels x (inputChannels / groups) x kernel rows x kernel columns, row-major. */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

/** Padding of a max pool counts as minus infinity; of an average pool as zero, counted or not. */
export interface Pool2d extends Rounded {
  readonly kind: 'maxPool2d' | 'averagePool2d';
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  /** top, left, bottom, right */
  readonly pads: readonly [number, number, number, number];
  /** Only for averagePool2d: whether padded cells count in the denominator. */
  readonly countIncludePad: boolean;
}

/** y = x * factor + offset, elementwise; arrays of length 1, of the number of channels, or of the input size. */
export interface Scale extends Rounded {
  readonly kind: 'scale';
  readonly factor: Float64Array;
  readonly offset: Float64Array;
  /**
   * If `offset` was computed from other numbers of the file (batch normalization): the sum of their absolute values,
   * to which the runtime's own rounding is relative. As long as `offset`.
   */
  readonly offsetSize?: Float64Array;
}

/** y = floor(x * levels + 1/2) / levels: rounds to multiples of 1/levels. */
export interface Quantize extends Rounded {
  readonly kind: 'quantize';
  readonly levels: number;
}

/** y = value of its input, or of `values` if the input is NaN: a missing number of a table. As long as the input. */
export interface Fill extends Place {
  readonly kind: 'fill';
  readonly values: Float64Array;
}

/** Makes channels x rows x columns flat; the numbers stay where they are. */
export interface Flatten extends Place {
  readonly kind: 'flatten';
}

/** The sum of two or more layers of one shape: a residual connection. */
export interface Add extends Rounded {
  readonly kind: 'add';
}

/** Layers side by side: vectors one after the other, or the channels of images of one size. */
export interface Concat extends Place {
  readonly kind: 'concat';
}

/**
 * Numbers of the input, picked by position, exactly: a part of a vector or of an image, other axes, a border. A number
 * may be picked several times.
 */
export interface Select extends Place {
  readonly kind: 'select';
  /** For each output the position in the flat input; -1: its constant. */
  readonly positions: Int32Array;
  /** Of the output, which has as many numbers as `positions`. */
  readonly shape: Shape;
  /** One for each output, read where the position is -1. @default zeros */
  readonly constants?: Float64Array;
}

export type AffineLayer = Dense | Conv2d;
export type Layer = AffineLayer | Pool2d | Scale | Quantize | Fill | Flatten | Activation | Add | Concat | Select;

/**
 * A feed-forward network: an input shape and a list of layers, each of which reads the one before it unless it names
 * others (`Place`). The output is that of the last one. Plain data; behaviour is functions on it.
 * Weights are row-major Float64Array. Inputs are flat vectors in the order of `inputShape` (channels, rows, columns
 * for images, pixels 0..1).
 */
export interface Network {
  readonly inputShape: Shape;
  readonly layers: readonly Layer[];
  /** Free text kept in the file: class names, training method. */
  readonly metadata?: Readonly<Record<string, string>>;
}
