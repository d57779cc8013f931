import type { Shape } from '../shape.js';

// The ONNX runtime (MLAS, its matrix library) adds up a long sum in blocks of consecutive terms: each block from 0 in
// ascending order, then the blocks one after the other. A C program that adds in the same order gets the same float32
// numbers, bit for bit, wherever no multiplication is fused with an addition.

/** Terms of a block of a dense layer, whose weights the runtime packs once. The bias is the first summand. */
export const denseBlock = 256;

/**
 * Terms of a block of a convolution, whose bias is the last summand: 128, or more if there are few positions.
 * @param terms of each sum
 */
export function convolutionBlock(terms: number, [, rows, columns]: Shape): number {
  let block = 128;
  let positions = 128;
  if (rows * columns >= terms) while (block / 2 >= terms) block /= 2;
  else
    while (positions > 16 && positions / 2 >= rows * columns) {
      block *= 2;
      positions /= 2;
    }
  return block;
}

/** Numbers of a row for which the runtime has a buffer, bytes and padding considered. */
const longestRow = 1984;

/**
 * Whether the runtime sums the window of an average pool column by column (the fast way for small strides), instead of
 * row by row.
 */
export const poolsByColumn = (stride: number, paddedColumns: number): boolean =>
  stride <= 2 && paddedColumns <= longestRow;

/** How many blocks the terms make; at least one. */
export const blockCount = (terms: number, block: number): number => Math.max(1, Math.ceil(terms / block));
