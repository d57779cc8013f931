/** Extents of a tensor without its batch: [size] for a vector, [channels, rows, columns] for an image. */
export type Shape = readonly number[];

/** Number of numbers in a tensor of this shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/**
 * How many consecutive elements of a tensor of `shape` share one number of a scale's array of `length`: all of them
 * for length 1, a channel's for the number of channels, one for the full size; undefined if the length fits none.
 */
export function scaleSpan(length: number, shape: Shape): number | undefined {
  const size = sizeOf(shape);
  return length === 1 || length === shape[0] || length === size ? size / length : undefined;
}
