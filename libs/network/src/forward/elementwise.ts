import type { Activation, Quantize, Scale, Shape } from '../network.js';
import { NetworkError } from '../network-error.js';
import { scaleSpan, sizeOf } from '../shapes.js';
import type { PreparedLayer } from './prepared-layer.js';

/** y = x * factor + offset, with both arrays spread over the shape once. */
export function prepareScale(layer: Scale, shape: Shape): PreparedLayer {
  const outputs = sizeOf(shape);
  const factor = spread(layer.factor, shape);
  const offset = spread(layer.offset, shape);
  return {
    outputs,
    run: (input, output, count) => {
      for (let sample = 0, at = 0; sample < count; sample++) {
        for (let unit = 0; unit < outputs; unit++, at++) output[at] = input[at] * factor[unit] + offset[unit];
      }
    },
  };
}

/** A scale's array (see `Scale`) written out for every element of a tensor of `shape`. */
export function spread(numbers: Float64Array, shape: Shape): Float64Array {
  const span = scaleSpan(numbers.length, shape);
  if (span === undefined)
    throw new NetworkError('shape', `${numbers.length} numbers do not spread over [${shape.join(', ')}]`);
  return Float64Array.from({ length: sizeOf(shape) }, (_, unit) => numbers[Math.floor(unit / span)]);
}

export function prepareQuantize(layer: Quantize, shape: Shape): PreparedLayer {
  const { levels } = layer;
  return mapped(shape, (x) => Math.floor(x * levels + 0.5) / levels);
}

export function prepareActivation(layer: Activation, shape: Shape): PreparedLayer {
  switch (layer.activation) {
    case 'relu':
      return mapped(shape, (x) => (x > 0 ? x : 0));
    case 'step':
      return mapped(shape, (x) => (x >= 0 ? 1 : 0));
    case 'sign':
      return mapped(shape, (x) => (x >= 0 ? 1 : -1));
    case 'ternary': {
      const threshold = layer.threshold as number;
      return mapped(shape, (x) => (x >= threshold ? 1 : x <= -threshold ? -1 : 0));
    }
  }
}

function mapped(shape: Shape, of: (x: number) => number): PreparedLayer {
  const outputs = sizeOf(shape);
  return {
    outputs,
    run: (input, output, count) => {
      for (let at = 0; at < count * outputs; at++) output[at] = of(input[at]);
    },
  };
}
