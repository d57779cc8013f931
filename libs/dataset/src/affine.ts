import { DatasetError } from './dataset-error.js';
import { seededRandom } from './random.js';
import { emptyFeatures, storedAs, type Features, type Samples } from './samples.js';

/** How far a copy may differ from its image. Every number is drawn uniformly between minus the value and the value. */
export interface AffineRanges {
  /** Rotation about the image's centre, in degrees. */
  readonly rotate: number;
  /** Change of size: 0.1 for 90 % to 110 %. */
  readonly scale: number;
  /** Horizontal move per row, in columns: the tangent of the slant. */
  readonly shear: number;
  /** Move, as a share of the image's width and of its height. */
  readonly shift: number;
}

/** No unit depends on the number of pixels, so that the same ranges suit images of every size. */
export const defaultAffine: AffineRanges = { rotate: 15, scale: 0.15, shear: 0.15, shift: 0.05 };

/** Which copy of an image: copies with another seed or number are unrelated. */
export interface CopyNumber {
  readonly seed: number;
  readonly number: number;
}

/**
 * One rotated, scaled, sheared and moved copy of every image. A pixel of the copy at p shows the image at
 * M (p - c - t) + c, with c the centre, t the move and M = rotation * shear / size, interpolated bilinearly between
 * four pixels; outside the image is 0. Bytes stay bytes: values are rounded to whole numbers. A copy is a function of
 * the image, its row, the seed and the copy's number; labels are unchanged.
 * @param samples with inputShape [channels, rows, columns]
 * @param rows row number of each image in its data set
 * @throws DatasetError 'bad-input' if the samples are no images
 */
export function affineCopies(
  samples: Samples,
  rows: ArrayLike<number>,
  ranges: AffineRanges,
  { seed, number }: CopyNumber,
): Samples {
  const { inputShape, features: source, size } = samples;
  if (inputShape.length !== 3) {
    throw new DatasetError(
      'bad-input',
      `${samples.name} has inputs of shape [${inputShape}]; only images [channels, rows, columns] have affine copies`,
    );
  }
  const features = emptyFeatures(storedAs(source), source.length);
  for (let image = 0; image < samples.count; image++) {
    const map = drawnMap(ranges, inputShape, seededRandom(seed, 'affine', rows[image], number).uniform);
    resample(source.subarray(image * size, (image + 1) * size), inputShape, map, features.subarray(image * size));
  }
  return { ...samples, features };
}

/** Where a pixel (x, y) of the result comes from: (xx x + xy y + x0, yx x + yy y + y0). */
export interface AffineMap {
  readonly xx: number;
  readonly xy: number;
  readonly x0: number;
  readonly yx: number;
  readonly yy: number;
  readonly y0: number;
}

function drawnMap(ranges: AffineRanges, [, rows, columns]: readonly number[], uniform: () => number): AffineMap {
  const draw = (range: number): number => (2 * uniform() - 1) * range;
  const angle = (draw(ranges.rotate) * Math.PI) / 180;
  const size = 1 + draw(ranges.scale);
  const shear = draw(ranges.shear);
  const moveX = draw(ranges.shift) * columns;
  const moveY = draw(ranges.shift) * rows;
  const [cos, sin] = [Math.cos(angle) / size, Math.sin(angle) / size];
  const [xx, xy, yx, yy] = [cos, cos * shear - sin, sin, sin * shear + cos];
  const [centreX, centreY] = [(columns - 1) / 2, (rows - 1) / 2];
  const [x, y] = [centreX + moveX, centreY + moveY];
  return { xx, xy, x0: centreX - (xx * x + xy * y), yx, yy, y0: centreY - (yx * x + yy * y) };
}

/** Writes every plane of one image, resampled, to the beginning of `target`; bytes are rounded to the nearest. */
export function resample(
  image: Features,
  [channels, rows, columns]: readonly number[],
  { xx, xy, x0, yx, yy, y0 }: AffineMap,
  target: Features,
): void {
  const half = target instanceof Float32Array || target instanceof Float64Array ? 0 : 0.5;
  for (let plane = 0; plane < channels; plane++) {
    const base = plane * rows * columns;
    const at = (row: number, column: number): number =>
      row < 0 || row >= rows || column < 0 || column >= columns ? 0 : image[base + row * columns + column];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const x = xx * column + xy * row + x0;
        const y = yx * column + yy * row + y0;
        const left = Math.floor(x);
        const top = Math.floor(y);
        const right = x - left;
        const below = y - top;
        const upper = at(top, left) * (1 - right) + at(top, left + 1) * right;
        const lower = at(top + 1, left) * (1 - right) + at(top + 1, left + 1) * right;
        // An array of whole numbers cuts off the fraction.
        target[base + row * columns + column] = upper * (1 - below) + lower * below + half;
      }
    }
  }
}
