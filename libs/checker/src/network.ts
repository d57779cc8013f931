// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import type { Piecewise } from './piecewise.js';

/**
 * A network as the proof sees it: numbers, one after the other. Number 0 is the constant 1, then come the inputs, then
 * what each layer computes. A layer reads numbers before its own.
 */
export interface Network {
  readonly inputs: number;
  readonly layers: readonly Layer[];
  /** The numbers that the network puts out. */
  readonly outputs: Int32Array;
}

/** `first`: the layer's own first number. */
export type Layer = (Sums | Units | Maxima) & { readonly first: number; readonly count: number };

/** Sparse rows: sum j is that of values[e] times number indices[e], for e from starts[j] up to starts[j + 1]. */
export interface Rows {
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
  /** How often a term is rounded, or a factor of it, beside the additions. */
  readonly roundings: number;
  /** What a term may be multiplied or divided by after it was computed. */
  readonly spread: number;
}

export interface Sums extends Rows {
  readonly kind: 'sums';
}

/** Number first + j is f of number sources[j]. */
export interface Units {
  readonly kind: 'units';
  readonly of: Piecewise;
  readonly sources: Int32Array;
}

/** Each is the largest of its numbers, in sparse rows as above. */
export interface Maxima {
  readonly kind: 'maxima';
  readonly starts: Int32Array;
  readonly indices: Int32Array;
}
