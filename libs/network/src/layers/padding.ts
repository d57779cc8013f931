import type { Shape } from '../shape.js';

type Pads = readonly [number, number, number, number];

/** Rows and columns of an image of shape channels x rows x columns once it is padded (top, left, bottom, right). */
export function paddedExtent(image: Shape, pads: Pads): [number, number] {
  return [image[1] + pads[0] + pads[2], image[2] + pads[1] + pads[3]];
}

/** Copies the image at `start` of `batch` inside `padded`, whose border stays as it is. */
export function padImage(batch: Float64Array, start: number, image: Shape, pads: Pads, padded: Float64Array): void {
  const [channels, rows, columns] = image;
  const [paddedRows, paddedColumns] = paddedExtent(image, pads);
  let from = start;
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < rows; row++) {
      const to = (channel * paddedRows + row + pads[0]) * paddedColumns + pads[1];
      for (let column = 0; column < columns; column++) padded[to + column] = batch[from++];
    }
  }
}
