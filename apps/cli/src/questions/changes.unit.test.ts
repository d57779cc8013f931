import type { InputColumn } from '@mipnet/dataset';
import { expect, test } from 'vitest';
import { changesOf, changesText } from './changes.js';

const number = (name: string): InputColumn => ({
  kind: 'number',
  name,
  low: 0,
  high: 1,
  fill: 0,
  sd: 1,
  integer: false,
});
const columns: readonly InputColumn[] = [
  number('age'),
  { kind: 'category', name: 'job', values: ['clerk', 'sales'] },
  number('income'),
  { kind: 'category', name: 'sex', values: ['f', 'm'] },
];

test('only columns that differ are named, with their values', () => {
  const before = Float64Array.of(39, 1, 0, 0.25, 0, 1);
  expect(changesOf(columns, before, before)).toEqual({});
  const changes = changesOf(columns, before, Float64Array.of(41.123456789, 0, 1, 0.25, 0, 1));
  expect(changes).toEqual({ age: [39, 41.123456789], job: ['clerk', 'sales'] });
  expect(changesText(changes)).toBe('age 39 -> 41.1235, job clerk -> sales');
});

test('a category without a value that training has seen is none; a long list ends with a count', () => {
  expect(changesText(changesOf(columns, new Float64Array(6), Float64Array.of(0, 0, 1, 0, 0, 0)))).toBe(
    'job none -> sales',
  );
  const many = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, [0, 1] as const]));
  expect(changesText(many)).toBe('a 0 -> 1, b 0 -> 1, c 0 -> 1, d 0 -> 1, 2 other columns');
});
