// Tested by ../plan/fixed-layers.unit.test.ts.
import type { Layer, Shape } from '@mipnet/network';

/** What is added up, and goes through a relu, in `strongest`: both read the image. */
export interface StrongestLayers {
  readonly responses: readonly Layer[];
  readonly largest: readonly Layer[];
}

/**
 * Competition between the channels at a pixel: with m the largest of its channels h,
 *
 *     out_o = relu((h_o - (1 - r) m) / r)
 *
 * The largest channel keeps its value, one at (1 - r) m or below becomes 0, and values between grow evenly. If 1 / r is
 * whole, so are both factors, and the outputs stay on the grid of the inputs. Negative channels become 0 if one is
 * positive. Made of layers that exist: the channels of a pixel side by side, a maximum over them, and the maximum once
 * per channel.
 * @param shape channels, rows, columns
 * @param share r, above 0, at most 1
 */
export function strongestLayers([channels, rows, columns]: Shape, share: number): StrongestLayers {
  const pixels = rows * columns;
  const factor = nearWhole(1 / share);
  return {
    responses: [times(factor)],
    largest: [
      {
        kind: 'select',
        positions: Int32Array.from(
          { length: channels * pixels },
          (_, at) => (at % channels) * pixels + Math.floor(at / channels),
        ),
        shape: [1, pixels, channels],
      },
      { kind: 'maxPool2d', kernel: [1, channels], strides: [1, channels], pads: [0, 0, 0, 0], countIncludePad: true },
      {
        kind: 'select',
        positions: Int32Array.from({ length: channels * pixels }, (_, at) => at % pixels),
        shape: [channels, rows, columns],
      },
      times(1 - factor),
    ],
  };
}

const times = (factor: number): Layer => ({
  kind: 'scale',
  factor: Float64Array.of(factor),
  offset: Float64Array.of(0),
});

/** 1 / 0.2 and the like are whole. */
const nearWhole = (value: number): number => (Math.abs(value - Math.round(value)) < 1e-9 ? Math.round(value) : value);
