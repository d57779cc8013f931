// Tested by integer-front.unit.test.ts.
import { type Conv2d, type Pool2d, type Select, type Shape } from '@mipnet/network';

/** One layer on one image, in whole numbers: reads what other layers wrote, writes its own. */
export type Step = () => void;

/** Padding is zero. */
export function convolve(
  layer: Conv2d,
  [input, output]: readonly [Shape, Shape],
  { factor, bias }: { readonly factor: number; readonly bias: Float64Array },
  read: Int32Array,
  own: Int32Array,
): Step {
  const { outputChannels, inputChannels, groups, kernel, strides, dilations, pads, weights } = layer;
  const [, rows, columns] = output;
  const [, height, breadth] = input;
  const perGroup = inputChannels / groups;
  const side = kernel[0] * kernel[1];
  return () => {
    for (let filter = 0; filter < outputChannels; filter++) {
      const plane = own.subarray(filter * rows * columns, (filter + 1) * rows * columns).fill(bias[filter]);
      const first = Math.floor(filter / (outputChannels / groups)) * perGroup;
      for (let tap = 0; tap < perGroup * side; tap++) {
        const weight = factor * weights[filter * perGroup * side + tap];
        if (weight === 0) continue;
        const channel = (first + Math.floor(tap / side)) * height * breadth;
        const down = (Math.floor(tap / kernel[1]) % kernel[0]) * dilations[0] - pads[0];
        const across = (tap % kernel[1]) * dilations[1] - pads[1];
        for (let row = 0, to = 0; row < rows; row++) {
          const y = row * strides[0] + down;
          if (y < 0 || y >= height) {
            to += columns;
            continue;
          }
          for (let column = 0; column < columns; column++, to++) {
            const x = column * strides[1] + across;
            if (x >= 0 && x < breadth) plane[to] += weight * read[channel + y * breadth + x];
          }
        }
      }
    }
  };
}

/** Sums or maxima of windows; no padding. */
export function pool(layer: Pool2d, [input, output]: readonly [Shape, Shape], read: Int32Array, own: Int32Array): Step {
  const { kernel, strides } = layer;
  const [channels, rows, columns] = output;
  const [, height, breadth] = input;
  const isMax = layer.kind === 'maxPool2d';
  return () => {
    for (let channel = 0, to = 0; channel < channels; channel++) {
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++, to++) {
          let at = (channel * height + row * strides[0]) * breadth + column * strides[1];
          let value = isMax ? read[at] : 0;
          for (let i = 0; i < kernel[0]; i++, at += breadth) {
            for (let j = 0; j < kernel[1]; j++) {
              const cell = read[at + j];
              if (!isMax) value += cell;
              else if (cell > value) value = cell;
            }
          }
          own[to] = value;
        }
      }
    }
  };
}

export function pick({ positions }: Select, read: Int32Array, own: Int32Array): Step {
  return () => {
    for (let at = 0; at < own.length; at++) own[at] = positions[at] < 0 ? 0 : read[positions[at]];
  };
}

export function multiply(factor: number, read: Int32Array, own: Int32Array): Step {
  return () => {
    for (let at = 0; at < own.length; at++) own[at] = factor * read[at];
  };
}

export function rectify(read: Int32Array, own: Int32Array): Step {
  return () => {
    for (let at = 0; at < own.length; at++) own[at] = read[at] > 0 ? read[at] : 0;
  };
}

/** relu(factor h - (factor - 1) m), with m the largest channel of a pixel: `strongest` in two passes. */
export function compete(channels: number, factor: number, read: Int32Array, own: Int32Array): Step {
  const pixels = own.length / channels;
  const largest = new Int32Array(pixels);
  return () => {
    largest.set(read.subarray(0, pixels));
    for (let channel = 1, at = pixels; channel < channels; channel++) {
      for (let pixel = 0; pixel < pixels; pixel++, at++) if (read[at] > largest[pixel]) largest[pixel] = read[at];
    }
    for (let channel = 0, at = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < pixels; pixel++, at++) {
        const value = factor * read[at] - (factor - 1) * largest[pixel];
        own[at] = value > 0 ? value : 0;
      }
    }
  };
}

/** Each part with its factor: their units may differ. */
type Part = readonly [numbers: Int32Array, factor: number];

export function addUp(parts: readonly Part[], own: Int32Array): Step {
  return () => {
    own.fill(0);
    for (const [numbers, factor] of parts) for (let at = 0; at < own.length; at++) own[at] += factor * numbers[at];
  };
}

export function placeSideBySide(parts: readonly Part[], own: Int32Array): Step {
  return () => {
    let to = 0;
    for (const [numbers, factor] of parts) for (let at = 0; at < numbers.length; at++) own[to++] = factor * numbers[at];
  };
}
