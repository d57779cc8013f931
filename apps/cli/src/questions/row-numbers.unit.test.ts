import { describe, expect, it } from 'vitest';
import { rowNumbers } from './row-numbers.js';

describe('rowNumbers', () => {
  it.each([
    ['0..3', [0, 1, 2, 3]],
    ['3,5,8', [3, 5, 8]],
    ['7', [7]],
    ['8, 0..1', [8, 0, 1]],
  ])('reads %s', (text, numbers) => {
    expect(rowNumbers(text, { option: '--rows', noun: 'row', count: 10 })).toEqual(numbers);
  });

  it.each(['10', '5..10', '3..1', '-1', '', 'a', '1.5', '0..', '1,,2'])('refuses %s of 10 rows', (text) => {
    expect(() => rowNumbers(text, { option: '--rows', noun: 'row', count: 10 })).toThrow(
      expect.objectContaining({ code: 'bad-input', message: expect.stringContaining('from 0 to 9') }),
    );
  });
});
