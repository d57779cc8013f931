// Tested by pixel-columns.unit.test.ts.
import { inputNames, type InputColumn } from '@mipnet/dataset';

/** How a plan reads the columns of a table as an image: a layer of `network`. */
export interface PixelColumns {
  readonly image: readonly [rows: number, columns: number];
  /** Pixels without a column, counted row by row from 0. */
  readonly blank: readonly number[];
}

/** `pixel_3_0`, `p3x0`, `3x0`: a row and a column at the end of a name. */
const place = /^(.*?)(\d+)[x_.,-](\d+)$/i;
/** At least so many of the pixels must have a column: the others are the same in every row. */
const leastShare = 0.5;
const leastSide = 5;

/**
 * Whether the columns of a table are the pixels of images, by their names: one prefix, a row and a column, such as
 * `pixel_0_0` to `pixel_7_7`, in this order. A column that is left out because it is constant leaves a blank pixel.
 * Undefined for other tables.
 */
export function pixelColumns(columns: readonly InputColumn[] | undefined): PixelColumns | undefined {
  const found = inputNames(columns ?? []).map((name) => place.exec(name));
  if (found.length === 0 || !found.every((match) => match !== null)) return undefined;
  if (new Set(found.map(([, prefix]) => prefix)).size > 1) return undefined;
  const rows = found.map(([, , row]) => Number(row));
  const across = found.map(([, , , column]) => Number(column));
  // Names count from 0 or from 1. A row or column of constant pixels at the edge is in no name: the image is smaller.
  const [top, left] = [Math.min(...rows), Math.min(...across)];
  const image = [Math.max(...rows) - top + 1, Math.max(...across) - left + 1] as const;
  const pixels = rows.map((row, at) => (row - top) * image[1] + across[at] - left);
  const isInOrder = pixels.every((pixel, at) => at === 0 || pixel > pixels[at - 1]);
  if (!isInOrder || Math.min(...image) < leastSide || pixels.length < leastShare * image[0] * image[1])
    return undefined;
  const known = new Set(pixels);
  return { image, blank: Array.from({ length: image[0] * image[1] }, (_, at) => at).filter((at) => !known.has(at)) };
}
