// Tested by fixed-layers.unit.test.ts.
import type { Conv2d } from '@mipnet/network';
import { filtersOfFile } from '../fixed/filters-of-file.js';
import type { FilterShape } from '../fixed/fixed-filters.js';
import { fixedFilters } from '../fixed/registry.js';
import { TrainingError } from '../problem/training-error.js';
import type { PlanLayer } from './plan-schema.js';

type FixedLayer = Extract<PlanLayer, { fixed: unknown }>;

/**
 * The convolution of a plan's item `fixed`, with its weights.
 * @throws TrainingError 'plan' if there are no such filters
 */
export function fixedConvolution(layer: FixedLayer, channels: number, index: number): Conv2d {
  const { conv: filters, kernel, stride, pad, bias } = layer;
  if (pad >= kernel)
    throw new TrainingError(
      'plan',
      `network.${index}.pad: ${pad} rows of zeros around an image leave filters of side ${kernel} without a pixel; ` +
        `give at most ${kernel - 1}`,
    );
  return {
    kind: 'conv2d',
    inputChannels: channels,
    outputChannels: filters,
    groups: 1,
    kernel: [kernel, kernel],
    strides: [stride, stride],
    dilations: [1, 1],
    pads: [pad, pad, pad, pad],
    weights: weightsOf(layer, { filters, channels, kernel }, index),
    bias: new Float64Array(filters).fill(bias),
  };
}

function weightsOf({ fixed }: FixedLayer, shape: FilterShape, index: number): Float64Array {
  if (typeof fixed !== 'string') return filtersOfFile(fixed.file, shape, `network.${index}.fixed.file`);
  try {
    return fixedFilters[fixed].weights(shape);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new TrainingError('plan', `network.${index}.fixed: ${fixed}: ${cause.message}`, { cause });
  }
}
