import { sizeOf, type Shape } from '../shape.js';
import type { PreparedLayer } from './layer-kind.js';

/** A function of one number over every number. */
export function elementwise(shape: Shape, of: (x: number) => number): PreparedLayer {
  const outputs = sizeOf(shape);
  return {
    outputs,
    run: (input, output, count) => {
      for (let at = 0; at < count * outputs; at++) output[at] = of(input[at]);
    },
  };
}
