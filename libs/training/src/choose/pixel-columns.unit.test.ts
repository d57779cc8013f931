import type { InputColumn } from '@mipnet/dataset';
import { expect, test } from 'vitest';
import { pixelColumns } from './pixel-columns.js';

const named = (name: string): InputColumn => ({
  kind: 'number',
  name,
  low: 0,
  high: 16,
  fill: 0,
  sd: 1,
  integer: true,
});
const grid = (nameOf: (row: number, column: number) => string, side = 8): string[] =>
  Array.from({ length: side * side }, (_, at) => nameOf(Math.floor(at / side), at % side));

test('columns that name a row and a column are the pixels of an image', () => {
  const whole = { image: [8, 8], blank: [] };
  expect(pixelColumns(grid((row, column) => `pixel_${row}_${column}`).map(named))).toEqual(whole);
  expect(pixelColumns(grid((row, column) => `${row + 1}x${column + 1}`).map(named))).toEqual(whole);
});

test('a pixel without a column is blank, and an edge without columns is not part of the image', () => {
  const names = grid((row, column) => `pixel_${row}_${column}`);
  expect(pixelColumns(names.filter((_, at) => at !== 0 && at !== 39).map(named))?.blank).toEqual([0, 39]);
  expect(pixelColumns(names.slice(8).map(named))).toEqual({ image: [7, 8], blank: [] });
});

test('other tables are no images', () => {
  const names = grid((row, column) => `pixel_${row}_${column}`);
  expect(pixelColumns(undefined)).toBeUndefined();
  expect(pixelColumns(['age', 'job'].map(named))).toBeUndefined();
  expect(pixelColumns([...names, 'age'].map(named))).toBeUndefined();
  expect(pixelColumns([...names].reverse().map(named))).toBeUndefined();
  expect(pixelColumns(grid((row, column) => `q_${row}_${column}`, 3).map(named))).toBeUndefined();
  expect(pixelColumns(names.filter((_, at) => at % 3 === 0).map(named))).toBeUndefined();
});
