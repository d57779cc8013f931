import { PNG } from 'pngjs';
import type { ImageShape } from './image-shape.js';
import { VerificationError } from './verification-error.js';

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
 * The changes of a witness as a picture: grey for no change, white for the largest increase, black for the largest
 * decrease.
 */
export function differencePixels(original: Float64Array, witness: Float64Array): Float64Array {
  const largest = witness.reduce((most, value, i) => Math.max(most, Math.abs(value - original[i])), 0);
  return witness.map((value, i) => (largest === 0 ? 0.5 : 0.5 + (value - original[i]) / largest / 2));
}
