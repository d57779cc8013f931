import { expect, test } from 'vitest';
import { kindNames, kindOf } from './kinds.js';

test('every kind is found by its name, which is that of its workflow', () => {
  expect(kindNames.map((name) => kindOf(name, 'run').name)).toEqual(kindNames);
});

test.each(['prove', 'toString', '\u001b[31mtrain'])('a kind of another version is refused: %j', (name) => {
  expect(() => kindOf(name, 'run-1')).toThrow(
    expect.objectContaining({
      code: 'bad-input',
      message: expect.stringMatching(/^run-1 has the kind '\w+', which this version of mipnet does not have$/),
    }),
  );
});
