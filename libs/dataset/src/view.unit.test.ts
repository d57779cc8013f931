import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DatasetError } from './dataset-error.js';
import { explicitRows, someValidationRows, stratifiedRows, validationRows } from './view.js';

const labels = Int32Array.from({ length: 90 }, (_, row) => row % 3);

test('picks as many rows of every class, ascending and without repetition', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.integer(), (perClass, seed) => {
      const rows = stratifiedRows(labels, 3, perClass, seed);
      expect(rows).toEqual(Int32Array.from(new Set(rows)).sort());
      for (const label of [0, 1, 2]) expect(rows.filter((row) => labels[row] === label).length).toBe(perClass);
    }),
  );
});

test('fewer rows of the same seed are among the more, and seeds differ', () => {
  const many = new Set(stratifiedRows(labels, 3, 20, 5));
  for (const row of stratifiedRows(labels, 3, 5, 5)) expect(many.has(row)).toBe(true);
  expect(stratifiedRows(labels, 3, 5, 5)).toEqual(stratifiedRows(labels, 3, 5, 5));
  expect(stratifiedRows(labels, 3, 5, 6)).not.toEqual(stratifiedRows(labels, 3, 5, 5));
});

test('asking for more than there is names the class and what to ask for', () => {
  const uneven = Int32Array.of(0, 0, 0, 1, 1);
  const ask = (): unknown => stratifiedRows(uneven, ['cat', 'dog'], 3, 0);
  expect(ask).toThrow(DatasetError);
  expect(ask).toThrow(
    "3 rows of class 'dog' were asked for, and in training there are 2. Ask for at most 2 per class.",
  );
  expect(() => stratifiedRows(uneven, 2, 3, 0)).toThrow('class 1');
});

test('an empty class and a senseless count are errors', () => {
  expect(() => stratifiedRows(Int32Array.of(0, 0), ['cat', 'dog'], 1, 0)).toThrow("class 'dog'");
  for (const perClass of [0, -1, 1.5, NaN])
    expect(() => stratifiedRows(labels, 3, perClass, 0)).toThrow('rows per class');
});

test('validation rows are never among the excluded', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 25 }), fc.integer(), (perClass, seed) => {
      const view = stratifiedRows(labels, 3, perClass, seed);
      const validation = validationRows(labels, 3, view, 5, seed);
      expect(validation.length).toBe(15);
      const inView = new Set(view);
      expect(validation.some((row) => inView.has(row))).toBe(false);
    }),
  );
  const view = stratifiedRows(labels, 3, 26, 0);
  expect(() => validationRows(labels, 3, view, 5, 0)).toThrow('Ask for at most 4 per class');
});

test('an index file gives its rows, ascending', () => {
  expect(explicitRows(' [5, 0, 3]\n', 6)).toEqual(Int32Array.of(0, 3, 5));
});

test.each([
  ['[1, 2', 'not JSON'],
  ['{"rows": [1]}', 'a JSON object'],
  ['null', 'this is null'],
  ['[]', 'the array is empty'],
  ['[1, 1.5]', 'entry 1 is 1.5'],
  ['[1, "2"]', 'entry 1 is "2"'],
  ['[1, 6]', 'entry 1 is 6, out of range'],
  ['[-1]', 'entry 0 is -1, out of range'],
  ['[4, 2, 4]', '4 is there twice, as entries 0 and 2'],
])('refuses the index file %s', (text, message) => {
  expect(() => explicitRows(text, 6)).toThrow(DatasetError);
  expect(() => explicitRows(text, 6)).toThrow(message);
});

test('no validation rows can be asked for, even when every row is in training', () => {
  expect(validationRows(Int32Array.of(0, 1, 0, 1), 2, [0, 1, 2, 3], 0, 0)).toEqual(new Int32Array());
});

test('a class with fewer rows gives fewer to validate with, the others the same as ever', () => {
  const uneven = Int32Array.from({ length: 60 }, (_, row) => (row < 50 ? 0 : 1));
  const rows = someValidationRows(uneven, 2, [0, 55], (left) => Math.min(20, left), 3);
  expect(rows.filter((row) => row >= 50)).toEqual(Int32Array.of(50, 51, 52, 53, 54, 56, 57, 58, 59));
  expect(rows.filter((row) => row < 50)).toEqual(validationRows(uneven.subarray(0, 50), 1, [0], 20, 3));
});
