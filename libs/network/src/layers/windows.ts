// Tested by ../../../../apps/cli/src/e2e/compare.e2e.test.ts.
import type { Shape } from '../shape.js';
import type { Refuse } from './layer-kind.js';

/** The geometry of a kernel that moves over an image: of a convolution or of a pool. */
export interface Window {
  /** rows, columns */
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** top, left, bottom, right */
  readonly pads: readonly [number, number, number, number];
}

/** Rows and columns of the output. */
export function windowCounts({ kernel, strides, dilations, pads }: Window, input: Shape, refuse: Refuse): Shape {
  return [0, 1].map((axis) => {
    const padded = input[axis + 1] + pads[axis] + pads[axis + 2];
    const reach = (kernel[axis] - 1) * dilations[axis] + 1;
    if (padded < reach) {
      refuse(
        'shape',
        `the kernel reaches over ${reach} ${axis === 0 ? 'rows' : 'columns'}, but the padded input has ${padded}`,
      );
    }
    return Math.floor((padded - reach) / strides[axis]) + 1;
  });
}

export interface Cell {
  /** Position in a plane of the input. */
  readonly cell: number;
  /** Position in the kernel. */
  readonly tap: number;
}

/** Calls back for every output position with the cells of its window that are not padding. */
export function forEachWindow(
  { kernel, strides, dilations, pads }: Window,
  input: Shape,
  output: Shape,
  visit: (channel: number, window: readonly Cell[], position: number) => void,
): void {
  const windows: Cell[][] = [];
  for (let row = 0; row < output[1]; row++) {
    for (let column = 0; column < output[2]; column++) {
      const window: Cell[] = [];
      for (let tap = 0; tap < kernel[0] * kernel[1]; tap++) {
        const r = row * strides[0] - pads[0] + Math.floor(tap / kernel[1]) * dilations[0];
        const c = column * strides[1] - pads[1] + (tap % kernel[1]) * dilations[1];
        if (r >= 0 && r < input[1] && c >= 0 && c < input[2]) window.push({ cell: r * input[2] + c, tap });
      }
      windows.push(window);
    }
  }
  for (let channel = 0, position = 0; channel < output[0]; channel++)
    for (const window of windows) visit(channel, window, position++);
}
