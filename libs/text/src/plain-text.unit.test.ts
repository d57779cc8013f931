import { expect, test } from 'vitest';
import { plainJson, plainLine, plainText } from './plain-text.js';

const hostile =
  'a\u001b]0;pwned\u0007b\u001b[2J\u001b[31mc\u009b31md\u0090x\u009ce\u202ef\u2066g\rh\u0008i\u007fj\u001b]8;;http://x\u001b\\k';

test('a terminal gets no escape sequence, control character or bidi mark', () => {
  for (const plain of [plainText(hostile), plainLine(hostile)]) {
    expect(plain).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u);
    expect(plain).not.toContain('pwned');
    expect(plain).toContain('abc');
  }
});

test('ordinary text stays as it is, and a line stays one line', () => {
  const ordinary = 'Zürich 東京 🙂\t100%\nnext';
  expect(plainText(ordinary)).toBe(ordinary);
  expect(plainLine(ordinary)).toBe('Zürich 東京 🙂 100% next');
});

test('JSON reads back unchanged and holds no such character', () => {
  const value = { name: hostile };
  expect(JSON.parse(plainJson(value))).toEqual(value);

  expect(plainJson(value)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u);
});
