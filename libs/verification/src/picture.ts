import { PNG } from 'pngjs';
import { VerificationError } from './verification-error.js';

/** Channels (1: grey, 3: red, green, blue), rows, columns. */
export type ImageShape = readonly [channels: 1 | 3, rows: number, columns: number];

/** An input of the shape of an image, undefined for any other: rows x columns, or 1 or 3 channels of it. */
export function imageShape(shape: readonly number[]): ImageShape | undefined {
  if (shape.length === 2 && shape[0] > 1 && shape[1] > 1) return [1, shape[0], shape[1]];
  return shape.length === 3 && (shape[0] === 1 || shape[0] === 3) && shape[1] > 1 && shape[2] > 1
    ? [shape[0], shape[1], shape[2]]
    : undefined;
}

/** PNG bytes of an image whose pixels are 0..1. Each pixel becomes a square of `zoom` pixels. */
export function encodePicture(pixels: Float64Array, shape: ImageShape, zoom = 8): Uint8Array {
  const [channels, rows, columns] = shape;
  if (pixels.length !== channels * rows * columns) {
    throw new VerificationError('query', `${pixels.length} pixels are no image of ${shape.join(' x ')}`);
  }
  const png = new PNG({ width: columns * zoom, height: rows * zoom });
  for (let y = 0, at = 0; y < png.height; y++) {
    for (let x = 0; x < png.width; x++, at += 4) {
      const pixel = Math.floor(y / zoom) * columns + Math.floor(x / zoom);
      for (let colour = 0; colour < 3; colour++) {
        const value = pixels[(channels === 1 ? 0 : colour) * rows * columns + pixel];
        png.data[at + colour] = Math.round(255 * Math.min(1, Math.max(0, value)));
      }
      png.data[at + 3] = 255;
    }
  }
  return PNG.sync.write(png);
}

/**
 * What a witness changed, to be looked at: grey where nothing, up to white and black where the most was added and taken
 * away.
 */
export function differencePixels(original: Float64Array, witness: Float64Array): Float64Array {
  const largest = witness.reduce((most, value, i) => Math.max(most, Math.abs(value - original[i])), 0);
  return witness.map((value, i) => (largest === 0 ? 0.5 : 0.5 + (value - original[i]) / largest / 2));
}
