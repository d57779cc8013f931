// Tested by pixels.unit.test.ts.
import { PNG } from 'pngjs';
import { colours } from './style.js';

/** Channels (1: grey, 3: red, green, blue), rows, columns. */
export type PictureShape = readonly [channels: number, rows: number, columns: number];

/** The picture that numbers in this order are: of a flat vector, a square one if there is one; otherwise undefined. */
export function pictureShape(shape: readonly number[]): PictureShape | undefined {
  if (shape.length === 1) {
    const side = Math.sqrt(shape[0]);
    return Number.isInteger(side) && side >= 8 ? [1, side, side] : undefined;
  }
  const [channels, rows, columns] = shape.length === 2 ? [1, ...shape] : shape;
  if (shape.length > 3 || (channels !== 1 && channels !== 3) || rows < 2 || columns < 2) return undefined;
  return [channels, rows, columns];
}

/** An image of numbers 0..1 as the URL of a PNG, one pixel each: a browser draws it larger. */
export function imageUrl(pixels: ArrayLike<number>, [channels, rows, columns]: PictureShape): string {
  const size = rows * columns;
  const byte = (value: number): number => Math.round(255 * Math.min(1, Math.max(0, value)));
  return url(rows, columns, (at) => {
    const [red, green, blue] = [0, 1, 2].map((colour) => byte(pixels[(channels === 1 ? 0 : colour) * size + at]));
    return [red, green, blue, 255];
  });
}

/** Signed numbers as a picture: blue is plus, orange is minus, zero is see-through. @param largest gets full colour */
export const signedUrl = (values: ArrayLike<number>, rows: number, columns: number, largest: number): string =>
  url(rows, columns, (at) => {
    const [red, green, blue] = values[at] > 0 ? colours.plus : colours.minus;
    return [red, green, blue, Math.round((255 * Math.min(largest, Math.abs(values[at]))) / (largest || 1))];
  });

type Pixel = readonly [red: number, green: number, blue: number, alpha: number];

function url(rows: number, columns: number, pixelAt: (at: number) => Pixel): string {
  const png = new PNG({ width: columns, height: rows });
  for (let at = 0; at < rows * columns; at++) png.data.set(pixelAt(at), 4 * at);
  return `data:image/png;base64,${PNG.sync.write(png).toString('base64')}`;
}
