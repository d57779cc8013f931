import { expect, it } from 'vitest';
import { shortJson } from './short-json.js';

it('writes small values as JSON, and cuts what is long or deep', () => {
  expect([[1, 'a'], null, undefined, NaN, 1e12].map(shortJson)).toEqual([
    '[1,"a"]',
    'null',
    'undefined',
    'NaN',
    '1000000000000',
  ]);
  expect(shortJson('x'.repeat(1e6))).toHaveLength(103);
  let deep: unknown = 1;
  for (let level = 0; level < 1e5; level++) deep = [deep];
  expect(shortJson(deep)).toBe('a deeply nested list');
  expect(shortJson({ deep })).toBe('a deeply nested mapping');
});
