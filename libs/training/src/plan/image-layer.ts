// Tested by image-layer.unit.test.ts.
import type { Layer } from '@mipnet/network';
import { TrainingError } from '../problem/training-error.js';
import type { PlanLayer } from './plan-schema.js';

type ImageItem = Extract<PlanLayer, { image: unknown }>;

/**
 * Reads a vector as an image of one channel, row by row. A table has no column for a pixel that is the same in every
 * training row: such pixels are blank, and 0.
 * @param inputs numbers of the vector
 * @throws TrainingError 'plan' if vector and blank pixels do not fill the image
 */
export function imageLayer({ image: [rows, columns], blank }: ImageItem, inputs: number, index: number): Layer {
  const pixels = rows * columns;
  const without = new Set(blank);
  const outside = blank.find((pixel) => pixel >= pixels);
  if (outside !== undefined)
    throw new TrainingError(
      'plan',
      `network.${index}.blank: ${outside} is no pixel of ${rows} x ${columns}; the last one is ${pixels - 1}`,
    );
  if (pixels - without.size !== inputs)
    throw new TrainingError(
      'plan',
      `network.${index}.image: ${rows} x ${columns} are ${pixels} pixels, ${without.size} of them blank, and the ` +
        `layer reads ${inputs} numbers; blank lists the pixels that have none, such as columns that are left out`,
    );
  let next = 0;
  const positions = Int32Array.from({ length: pixels }, (_, pixel) => (without.has(pixel) ? -1 : next++));
  return { kind: 'select', positions, shape: [1, rows, columns] };
}
