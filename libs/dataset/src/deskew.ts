import { DatasetError } from './dataset-error.js';

// Straightens slanted images: a shear along the rows, about the centre of mass, that makes the covariance of the two
// coordinates zero. docs/network-file.md has the same in Python, to the bit: sums of bytes are exact, and every other
// step is one rounding of float64 in a stated order.

/** A larger slant than 45 degrees is no slant of writing: a flat stroke would be torn apart. */
const steepest = 1;

/**
 * @param features images of bytes, one after the other
 * @param inputShape [channels, rows, columns]; the channels of an image are sheared alike
 * @returns images of the same shape
 * @throws DatasetError 'bad-input' if they are no images of bytes
 */
export function deskewed(features: ArrayLike<number>, inputShape: readonly number[]): Uint8Array {
  if (!(features instanceof Uint8Array) || inputShape.length !== 3)
    throw new DatasetError(
      'bad-input',
      'only images that are stored as bytes [channels, rows, columns] can be deskewed',
    );
  const result = new Uint8Array(features.length);
  const size = inputShape.reduce((product, side) => product * side, 1);
  for (let from = 0; from < features.length; from += size)
    shear(features.subarray(from, from + size), inputShape, result.subarray(from, from + size));
  return result;
}

/** A pixel of the result at (x, y) is the image's at (x + slant (y - middle), y), between two pixels of the row. */
function shear(image: Uint8Array, inputShape: readonly number[], target: Uint8Array): void {
  const [channels, rows, columns] = inputShape;
  const { slant, middle } = slantOf(image, inputShape);
  for (let line = 0; line < channels * rows; line++) {
    const move = slant * ((line % rows) - middle);
    const base = line * columns;
    for (let column = 0; column < columns; column++) {
      const x = column + move;
      const left = Math.floor(x);
      const share = x - left;
      const one = left < 0 || left >= columns ? 0 : image[base + left];
      const other = left < -1 || left + 1 >= columns ? 0 : image[base + left + 1];
      // A byte array cuts off the fraction.
      target[base + column] = (1 - share) * one + share * other + 0.5;
    }
  }
}

/** Columns per row by which the ink is slanted, and the row of its centre of mass; 0 for an image in one row. */
export function slantOf(
  image: Uint8Array,
  [channels, rows, columns]: readonly number[],
): { readonly slant: number; readonly middle: number } {
  let [mass, sumX, sumY, sumXY, sumYY] = [0, 0, 0, 0, 0];
  for (let line = 0; line < channels * rows; line++) {
    const y = line % rows;
    let [ofLine, xOfLine] = [0, 0];
    for (let x = 0; x < columns; x++) {
      const ink = image[line * columns + x];
      ofLine += ink;
      xOfLine += ink * x;
    }
    mass += ofLine;
    sumX += xOfLine;
    sumY += ofLine * y;
    sumXY += xOfLine * y;
    sumYY += ofLine * y * y;
  }
  if (mass === 0) return { slant: 0, middle: 0 };
  const middle = sumY / mass;
  const variance = sumYY - middle * sumY;
  const covariance = sumXY - (sumX / mass) * sumY;
  if (variance <= 0) return { slant: 0, middle };
  return { slant: Math.max(-steepest, Math.min(steepest, covariance / variance)), middle };
}
