import { DatasetError } from './dataset-error.js';
import { emptyFeatures, type Samples } from './samples.js';

/** A move in pixels: `dx` to the right, `dy` downwards. */
export interface Shift {
  readonly dx: number;
  readonly dy: number;
}

export const fourNeighbours: readonly Shift[] = [
  { dx: 1, dy: 0 },
  { dx: -1, dy: 0 },
  { dx: 0, dy: 1 },
  { dx: 0, dy: -1 },
];

export const eightNeighbours: readonly Shift[] = [
  ...fourNeighbours,
  { dx: 1, dy: 1 },
  { dx: 1, dy: -1 },
  { dx: -1, dy: 1 },
  { dx: -1, dy: -1 },
];

/**
 * Every image moved by the same whole number of pixels. Pixels that leave the picture are lost; pixels that enter
 * are 0, the background of the digit data sets. Labels are unchanged.
 * @param samples with inputShape [channels, rows, columns]
 * @throws DatasetError 'bad-input' if the samples are no images or the move is not in whole pixels
 */
export function shiftImages(samples: Samples, { dx, dy }: Shift): Samples {
  if (samples.inputShape.length !== 3) {
    throw new DatasetError(
      'bad-input',
      `${samples.name} has inputs of shape [${samples.inputShape}]; only images ` +
        '[channels, rows, columns] can be shifted',
    );
  }
  if (!Number.isInteger(dx) || !Number.isInteger(dy)) {
    throw new DatasetError('bad-input', `a shift is in whole pixels, not (${dx}, ${dy})`);
  }
  const [channels, rows, columns] = samples.inputShape;
  const source = samples.features;
  const features = emptyFeatures(source instanceof Uint8Array ? 'uint8' : 'float64', source.length);
  const width = columns - Math.abs(dx);
  if (width > 0) {
    const from = Math.max(0, -dx);
    const to = Math.max(0, dx);
    for (let plane = 0; plane < samples.count * channels; plane++) {
      for (let row = Math.max(0, dy); row < Math.min(rows, rows + dy); row++) {
        const sourceAt = (plane * rows + row - dy) * columns + from;
        features.set(source.subarray(sourceAt, sourceAt + width), (plane * rows + row) * columns + to);
      }
    }
  }
  return { ...samples, features };
}
