// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import type { Activation } from './activation.js';
import type { Affine } from './affine.js';
import type { Tensor } from './onnx-file.js';
import { refuse } from './refusal.js';

/**
 * Each output is the largest of the numbers of its window, in compressed sparse rows. In a graph, `indices` are
 * positions among all numbers of the network: of the input, then of each layer.
 */
export interface Maximum {
  readonly kind: 'maximum';
  readonly starts: Int32Array;
  readonly indices: Int32Array;
}

export interface ActivationLayer {
  readonly kind: 'activation';
  readonly of: Activation;
}

export type Layer = Affine | Maximum | ActivationLayer;

/** Layers in an order in which each reads earlier ones; tensors are flat, in row-major order. */
export interface Graph {
  readonly layers: readonly Layer[];
  /** Of each layer: the tensors that it reads. 0 is the input, k + 1 the output of layer k. */
  readonly sources: readonly (readonly number[])[];
  /** Of the input, and of the output of each layer. */
  readonly sizes: readonly number[];
}

/** What is known about a value that depends on the input. */
export interface Signal {
  readonly tensor: number;
  readonly shape: readonly number[];
  /** Of a comparison, which no operator but Where may read: x >= threshold; 'nan': whether x is no number. */
  readonly test?: number | 'nan';
}

/** A value that a node reads: constant or not. */
export type Value = Tensor | Signal;

export const isSignal = (value: Value | undefined): value is Signal => value !== undefined && 'tensor' in value;

/** What an operator makes: another view of a signal, or a new layer. */
export type Made =
  Signal | { readonly layer: Layer; readonly from: readonly Signal[]; readonly shape: readonly number[] };

/** Numbers in all tensors. */
export const mostUnits = 2 ** 24;

export function sizeOf(shape: readonly number[]): number {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return size >= 1 && size <= mostUnits && Number.isInteger(size)
    ? size
    : refuse(`a tensor has the shape [${shape.join(', ')}]`);
}
