import type { Shape } from '../shape.js';

/** Where a layer stands, and what it takes and gives. */
export interface LayerPlace {
  /** Begins all names of the layer. */
  readonly name: string;
  /** Of each layer that it reads. */
  readonly inputs: readonly Shape[];
  readonly output: Shape;
}

/**
 * A layer in C: its tables and `static void NAME(const float *x, float *y)`; a layer that reads several takes x0, x1
 * and so on.
 */
export interface LayerInC {
  /** One line for the reader. */
  readonly about: string;
  readonly tables?: readonly string[];
  readonly body: readonly string[];
}

/** A layer kind as C. Undefined for a layer that changes no number. */
export type LayerWriter<L> = (layer: L, place: LayerPlace) => LayerInC | undefined;

export const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

/** `for` over 0 .. end - 1. */
export const loop = (variable: string, end: number | string, body: readonly string[]): string[] => [
  `for (int ${variable} = 0; ${variable} < ${end}; ${variable}++) {`,
  ...indented(body),
  '}',
];
