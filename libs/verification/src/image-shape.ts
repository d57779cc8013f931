/** Channels (1: grey, 3: red, green, blue), rows, columns. */
export type ImageShape = readonly [channels: 1 | 3, rows: number, columns: number];

/** The image shape of an input; undefined if it has none: rows x columns, or 1 or 3 channels of it. */
export function imageShape(shape: readonly number[]): ImageShape | undefined {
  if (shape.length === 2 && shape[0] > 1 && shape[1] > 1) return [1, shape[0], shape[1]];
  return shape.length === 3 && (shape[0] === 1 || shape[0] === 3) && shape[1] > 1 && shape[2] > 1
    ? [shape[0], shape[1], shape[2]]
    : undefined;
}

/** Least side of a flat vector that counts as an image: anything smaller is no picture that people can read. */
const leastSide = 8;

/** The square image of a flat vector, such as 28 x 28 of 784; undefined for other lengths. */
export function squareImage(shape: readonly number[]): ImageShape | undefined {
  const side = Math.sqrt(shape.length === 1 ? shape[0] : 0);
  return Number.isInteger(side) && side >= leastSide ? [1, side, side] : undefined;
}
