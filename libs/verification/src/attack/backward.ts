import type { Conv2d, Dense, Layer, Network, PiecewiseLinear, Pool2d, Shape } from '@mipnet/network';
import {
  isContinuous,
  layerMap,
  networkInput,
  piecesOf,
  scaleSpan,
  sizeOf,
  sourcesOf,
  validateNetwork,
  valueOf,
} from '@mipnet/network';

/** Inputs and outputs of a layer for `count` samples, row-major, and the gradient with respect to its outputs. */
interface Step {
  readonly input: Float64Array;
  readonly output: Float64Array;
  readonly gradient: Float64Array;
  readonly count: number;
}

/** Vector-Jacobian product of one layer: the gradient with respect to its input. */
type LayerBackward = (step: Step) => Float64Array;

/**
 * Gradient with respect to the inputs of sum over samples of gradient . outputs.
 * @param trace the inputs, then the output of every layer, each for `count` samples
 */
export type BackwardPass = (trace: readonly Float64Array[], gradient: Float64Array, count: number) => Float64Array;

/**
 * Prepares the backward pass of an attack. Steps, signs, ternary activations and quantization have no useful
 * derivative, so a surrogate is used. It may mislead the search, but never the replay that checks the points found.
 * @param leak the slope that a flat piece of a continuous activation (a ReLU below zero) gets, 0..1 @default 0, the
 *   derivative
 * @throws NetworkError as `validateNetwork`
 */
export function backwardPass(network: Network, leak = 0): BackwardPass {
  const shapes = validateNetwork(network);
  const sources = sourcesOf(network);
  const shapeOf = (source: number): Shape => (source < 0 ? network.inputShape : shapes[source]);
  const layers = network.layers.map((layer, k) => layerBackward(layer, shapeOf(sources[k][0]), shapes[k], leak));
  return (trace, gradient, count) => {
    const waiting = new Map<number, Float64Array>([[network.layers.length - 1, gradient]]);
    for (let k = network.layers.length - 1; k >= 0; k--) {
      const own = waiting.get(k);
      if (own === undefined) continue;
      const step = { input: trace[sources[k][0] + 1], output: trace[k + 1], gradient: own, count };
      const parts = partsOf(network.layers[k], layers[k](step), sources[k].map(shapeOf).map(sizeOf), count);
      sources[k].forEach((source, at) => {
        const other = waiting.get(source);
        waiting.set(source, other === undefined ? parts[at] : other.map((value, i) => value + parts[at][i]));
      });
    }
    return waiting.get(networkInput) ?? new Float64Array(trace[0].length);
  };
}

/**
 * The gradient for each source of a layer: an add passes all of it to each source, a concat passes each source its own
 * part.
 */
function partsOf(layer: Layer, gradient: Float64Array, widths: readonly number[], count: number): Float64Array[] {
  if (widths.length === 1 || layer.kind === 'add') return widths.map(() => gradient);
  const width = widths.reduce((sum, own) => sum + own, 0);
  let start = 0;
  return widths.map((own) => {
    const part = new Float64Array(count * own);
    for (let sample = 0; sample < count; sample++)
      part.set(gradient.subarray(sample * width + start, sample * width + start + own), sample * own);
    start += own;
    return part;
  });
}

/** Exported for the tests of single layers; the rest of the package uses `backwardPass`. */
export function layerBackward(layer: Layer, input: Shape, output: Shape, leak = 0): LayerBackward {
  switch (layer.kind) {
    case 'dense':
      return denseBackward(layer, input);
    case 'conv2d':
      return convolutionBackward(layer, input, output);
    case 'maxPool2d':
    case 'averagePool2d':
      return poolBackward(layer, input, output);
    case 'scale': {
      const span = scaleSpan(layer.factor.length, input) as number;
      const size = sizeOf(input);
      return ({ gradient }) => gradient.map((value, at) => value * layer.factor[Math.floor((at % size) / span)]);
    }
    case 'activation': {
      const pieces = piecesOf(layer);
      return isContinuous(pieces) ? slopeBackward(pieces, leak) : jumpBackward(pieces, sizeOf(input));
    }
    case 'select': {
      const size = sizeOf(input);
      const { positions } = layer;
      return ({ gradient, count }) => {
        const result = new Float64Array(count * size);
        for (let sample = 0, from = 0; sample < count; sample++) {
          for (const position of positions) {
            if (position >= 0) result[sample * size + position] += gradient[from];
            from++;
          }
        }
        return result;
      };
    }
    // Rounding follows its input on the large scale; flattening changes nothing; the gradient of a layer that reads
    // several layers is divided later.
    case 'quantize':
    case 'flatten':
    case 'fill':
    case 'add':
    case 'concat':
      return ({ gradient }) => gradient;
  }
}

/** W' g, row by row of W so that it is read in order; after a ReLU most of g is zero. */
function denseBackward(layer: Dense, input: Shape): LayerBackward {
  const { weights, inputs, outputs } = layer;
  const map = layerMap(layer, input);
  const matrix = map.kind === 'affine' ? map.matrix : undefined;
  return ({ gradient, count }) => {
    const result = new Float64Array(count * inputs);
    for (let sample = 0; sample < count; sample++) {
      const to = result.subarray(sample * inputs, (sample + 1) * inputs);
      if (matrix !== undefined) {
        matrix.addRows(gradient.subarray(sample * outputs, (sample + 1) * outputs), to);
        continue;
      }
      for (let o = 0; o < outputs; o++) {
        const factor = gradient[sample * outputs + o];
        if (factor === 0) continue;
        const row = o * inputs;
        for (let i = 0; i < inputs; i++) to[i] += factor * weights[row + i];
      }
    }
    return result;
  };
}

function convolutionBackward(layer: Conv2d, input: Shape, output: Shape): LayerBackward {
  const { weights, groups, kernel, strides, dilations, pads } = layer;
  const [inputChannels, inputRows, inputColumns] = input;
  const [outputChannels, rows, columns] = output;
  const channelsOfGroup = inputChannels / groups;
  const outputsOfGroup = outputChannels / groups;
  return ({ gradient, count }) => {
    const result = new Float64Array(count * sizeOf(input));
    for (let sample = 0, from = 0; sample < count; sample++) {
      for (let channel = 0; channel < outputChannels; channel++) {
        const firstChannel = Math.floor(channel / outputsOfGroup) * channelsOfGroup;
        for (let row = 0; row < rows; row++) {
          for (let column = 0; column < columns; column++) {
            const factor = gradient[from++];
            if (factor !== 0) spreadOver(channel, sample * inputChannels + firstChannel, [row, column], factor);
          }
        }
      }
    }
    return result;

    function spreadOver(
      channel: number,
      firstPlane: number,
      [row, column]: readonly [row: number, column: number],
      factor: number,
    ): void {
      for (let c = 0, tap = channel * channelsOfGroup * kernel[0] * kernel[1]; c < channelsOfGroup; c++) {
        const plane = (firstPlane + c) * inputRows;
        for (let kr = 0; kr < kernel[0]; kr++) {
          const r = row * strides[0] - pads[0] + kr * dilations[0];
          for (let kc = 0; kc < kernel[1]; kc++, tap++) {
            const k = column * strides[1] - pads[1] + kc * dilations[1];
            if (r >= 0 && r < inputRows && k >= 0 && k < inputColumns)
              result[(plane + r) * inputColumns + k] += factor * weights[tap];
          }
        }
      }
    }
  };
}

/** A maximum sends its gradient to the first cell that attains it; an average to all of its cells alike. */
function poolBackward(layer: Pool2d, input: Shape, output: Shape): LayerBackward {
  const { kernel, strides, pads } = layer;
  const [, inputRows, inputColumns] = input;
  const [channels, rows, columns] = output;
  return ({ input: values, gradient, count }) => {
    const result = new Float64Array(values.length);
    for (let plane = 0, from = 0; plane < count * channels; plane++) {
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++, from++) {
          const cells = window(plane, row, column);
          if (layer.kind === 'maxPool2d') {
            result[cells.reduce((best, cell) => (values[cell] > values[best] ? cell : best))] += gradient[from];
          } else {
            const share = gradient[from] / (layer.countIncludePad ? kernel[0] * kernel[1] : cells.length);
            for (const cell of cells) result[cell] += share;
          }
        }
      }
    }
    return result;
  };

  function window(plane: number, row: number, column: number): number[] {
    const cells: number[] = [];
    for (
      let r = Math.max(0, row * strides[0] - pads[0]);
      r < Math.min(inputRows, row * strides[0] - pads[0] + kernel[0]);
      r++
    ) {
      for (
        let k = Math.max(0, column * strides[1] - pads[1]);
        k < Math.min(inputColumns, column * strides[1] - pads[1] + kernel[1]);
        k++
      ) {
        cells.push((plane * inputRows + r) * inputColumns + k);
      }
    }
    return cells;
  }
}

/**
 * With a leak, a unit on a flat piece passes on a part of the gradient of a steep piece. Without it, the gradient
 * vanishes if most units are on flat pieces.
 */
function slopeBackward({ breaks, pieces }: PiecewiseLinear, leak: number): LayerBackward {
  return ({ input, gradient }) =>
    gradient.map((value, at) => {
      let piece = 0;
      while (piece < breaks.length && input[at] > breaks[piece].at) piece++;
      return value * (pieces[piece].slope || leak);
    });
}

/**
 * A mean distance to the jump of at most this is no useful scale: every pre-activation is at the jump, as after a
 * constant layer or at a black image. It need not be exactly 0: Sign jumps at the least positive number and at minus
 * it.
 */
const noDistance = 1e-30;

/**
 * The nearer a pre-activation is to a jump, the larger its surrogate slope, on the scale of the layer's own
 * pre-activations in the sample.
 */
function jumpBackward({ breaks, pieces }: PiecewiseLinear, size: number): LayerBackward {
  const heights = breaks.map(({ at }, k) => Math.abs(valueOf(pieces[k + 1], at) - valueOf(pieces[k], at)));
  return ({ input, gradient, count }) => {
    const result = new Float64Array(gradient.length);
    for (let sample = 0; sample < count; sample++) {
      let total = 0;
      for (let at = sample * size; at < (sample + 1) * size; at++) total += toJump(input[at], nearest(input[at]));
      const typical = total / size > noDistance ? total / size : 1;
      for (let at = sample * size; at < (sample + 1) * size; at++) {
        const jump = nearest(input[at]);
        const relative = toJump(input[at], jump) / typical;
        result[at] = (gradient[at] * heights[jump]) / typical / (1 + 4 * relative) ** 2;
      }
    }
    return result;
  };

  function nearest(value: number): number {
    let best = 0;
    for (let k = 1; k < breaks.length; k++) if (toJump(value, k) < toJump(value, best)) best = k;
    return best;
  }

  function toJump(value: number, jump: number): number {
    return Math.abs(value - breaks[jump].at);
  }
}
