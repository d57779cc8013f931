// Tested by integer-front.unit.test.ts.
import { sizeOf, type Conv2d, type Shape } from '@mipnet/network';

/** Three filters share one float64: 16 bits each, 48 of the 53 that are exact. */
const lane = 65536;
const lanes = 3;
const half = 32768;

/** A convolution of one image of bytes, in whole numbers. */
export type ImageConvolution = (bytes: Uint8Array, from: number, out: Int32Array) => void;

/**
 * The sums of a convolution with whole weights on bytes. Every pixel adds its value times the weights of its taps to
 * the sums that it is part of, three filters by one multiplication: s0 + 2^16 s1 + 2^32 s2, each lane raised by 2^15.
 * Background is skipped. All numbers are whole and below 2^53, so the sums are exact in any order.
 * @param factor whole; the sums are multiplied by it
 * @param bias whole, one per filter, not multiplied by the factor
 * @returns null if a sum could leave its 16 bits, or for groups, strides and dilations
 */
export function packedConvolution(
  layer: Conv2d,
  input: Shape,
  output: Shape,
  { factor, bias }: { readonly factor: number; readonly bias: Float64Array },
): ImageConvolution | null {
  const { outputChannels, groups, kernel, dilations, weights, pads, strides } = layer;
  if (groups !== 1 || [...dilations, ...strides].some((step) => step !== 1)) return null;
  const taps = weights.length / outputChannels;
  const width = Math.ceil(outputChannels / lanes);
  const packed = new Float64Array(taps * width);
  const base = new Float64Array(width).fill(half * (1 + lane + lane * lane));
  for (let filter = 0; filter < outputChannels; filter++) {
    const at = Math.floor(filter / lanes);
    const place = lane ** (filter % lanes);
    let most = Math.abs(bias[filter]);
    for (let tap = 0; tap < taps; tap++) {
      const weight = factor * weights[filter * taps + tap];
      packed[mirrored(tap, kernel[1]) * width + at] += place * weight;
      most += 255 * Math.abs(weight);
    }
    if (most >= half) return null;
    base[at] += place * bias[filter];
  }
  const [, height, breadth] = input;
  const [, rows, columns] = output;
  const positions = rows * columns;
  const sums = new Float64Array(positions * width);
  const size = sizeOf(input);

  return (bytes, from, out) => {
    for (let at = 0; at < sums.length; at += width) sums.set(base, at);
    for (let pixel = 0; pixel < size; pixel++) {
      const value = bytes[from + pixel];
      if (value === 0) continue;
      const column = (pixel % breadth) + pads[1];
      const row = (Math.floor(pixel / breadth) % height) + pads[0];
      const channel = Math.floor(pixel / (breadth * height)) * kernel[0];
      // The sums of one row that the pixel is part of lie side by side, and so do its weights in a mirrored filter.
      const left = Math.max(0, column - kernel[1] + 1);
      const right = Math.min(columns - 1, column);
      const skipped = left - (column - kernel[1] + 1);
      const numbers = (right - left + 1) * width;
      const last = Math.min(kernel[0] - 1, row);
      for (let i = Math.max(0, row - rows + 1); i <= last; i++) {
        const tap = ((channel + i) * kernel[1] + skipped) * width;
        const to = ((row - i) * columns + left) * width;
        for (let at = 0; at < numbers; at++) sums[to + at] += value * packed[tap + at];
      }
    }
    unpack(sums, out, { width, positions, filters: outputChannels });
  };
}

/** A tap of the filter that is mirrored from left to right. */
const mirrored = (tap: number, columns: number): number => tap - (tap % columns) + columns - 1 - (tap % columns);

/** Positions x packed filters -> filters x positions. `| 0` takes a number modulo 2^32. */
function unpack(
  sums: Float64Array,
  out: Int32Array,
  { width, positions, filters }: { readonly width: number; readonly positions: number; readonly filters: number },
): void {
  for (let w = 0; w < width; w++) {
    const first = w * lanes * positions;
    const has = filters - w * lanes;
    for (let position = 0, at = w; position < positions; position++, at += width) {
      const low = sums[at] | 0;
      out[first + position] = (low & 0xffff) - half;
      if (has > 1) out[first + positions + position] = (low >>> 16) - half;
      if (has > 2) out[first + 2 * positions + position] = Math.floor(sums[at] / (lane * lane)) - half;
    }
  }
}
