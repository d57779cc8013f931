import { describe, expect, test } from 'vitest';
import { expandValues } from './values.js';

describe('values of a key', () => {
  test.each([
    ['4,8,16', ['4', '8', '16']],
    ['7', ['7']],
    ['1..5', ['1', '2', '3', '4', '5']],
    ['-1..1', ['-1', '0', '1']],
    ['lin:0..1:5', ['0', '0.25', '0.5', '0.75', '1']],
    ['log:1e-3..1e2:6', ['0.001', '0.01', '0.1', '1', '10', '100']],
    ['log:1..10:3', ['1', '3.16228', '10']],
    ['[pairs],[layers, pairs]', ['[pairs]', '[layers, pairs]']],
    ['{a: 1, b: 2},"x,y"', ['{a: 1, b: 2}', '"x,y"']],
    // A version is no range.
    ['1...5', ['1...5']],
  ])('%s', (text, values) => {
    expect(expandValues(text, '--vary key')).toEqual(values);
  });

  test.each([
    ['5..1', /^--vary key: the range is empty/],
    ['lin:1..1:3', /the range is empty/],
    ['log:0..1:3', /lies above zero/],
    ['log:1..10:1', /give 2 or more/],
    ['0..1000000000', /1000000001 values; a sweep takes at most 10000/],
    ['', /a value is missing/],
    ['1,,2', /a value is missing/],
    ['1,2,1', /the value 1 is there twice/],
  ])('%j is refused', (text, message) => {
    expect(() => expandValues(text, '--vary key')).toThrow(
      expect.objectContaining({ code: 'bad-input', message: expect.stringMatching(message) }),
    );
  });
});
