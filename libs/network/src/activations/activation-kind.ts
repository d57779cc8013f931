import type { GraphWriter } from '../onnx/graph-writer.js';
import type { PiecewiseLinear } from '../piecewise-linear.js';

/**
 * What an activation is: all that the project knows of it. A new one is a file with one of these, its line in
 * `registry.ts`, and its row in docs/network-file.md; bounds, formulations and the order of the training's steps follow
 * from `pieces`.
 */
export interface ActivationKind<A> {
  /** Undefined if its parameters are allowed; otherwise what is wrong, as a sentence without its subject. */
  readonly check: (activation: A) => string | undefined;
  /** The forward pass for one number. */
  readonly apply: (activation: A) => (x: number) => number;
  /** The same function as pieces. */
  readonly pieces: (activation: A) => PiecewiseLinear;
  /** Its parameters as the file has them. */
  readonly rounded: (activation: A) => A;
  readonly write: (graph: GraphWriter, activation: A) => void;
  /**
   * ONNX operators that are this activation for some parameters. For others they may be a relu, or do nothing:
   * undefined.
   */
  readonly read?: Readonly<Record<string, (node: ActivationNode) => A | PlainRelu | undefined>>;
  /** An instance for the conformance suites, which every activation passes. `random` gives numbers in [0, 1). */
  readonly draw: (random: () => number) => A;
}

interface PlainRelu {
  readonly kind: 'activation';
  readonly activation: 'relu';
}

/** The node of an ONNX graph that an activation is read from. */
export interface ActivationNode {
  readonly opType: string;
  readonly float: (attribute: string, standard: number) => number;
  /** Input k, a constant of one number; undefined if it is absent. */
  readonly number: (input: number, role: string) => number | undefined;
  readonly refuse: (message: string) => never;
}
