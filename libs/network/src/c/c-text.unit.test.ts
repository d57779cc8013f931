import { describe, expect, it } from 'vitest';
import { seededIntegers } from '../testing/damage.js';
import { commentText, floatLiteral, identifier, integerType, stringLiteral, table } from './c-text.js';

describe('float literals', () => {
  it.each([
    [0, '0.0f'],
    [1, '1.0f'],
    [-0.5, '-0.5f'],
    [0.1, '0.1f'],
    [1 / 3, '0.33333334f'],
    [16777216, '16777216.0f'],
    [1e30, '1e+30f'],
    [2 ** -149, '1e-45f'],
  ])('%d is %s', (number, literal) => expect(floatLiteral(number)).toBe(literal));

  it('give the number back, whatever it is', () => {
    const integer = seededIntegers(3);
    const bits = new DataView(new ArrayBuffer(4));
    for (let k = 0; k < 5000; k++) {
      bits.setUint16(0, integer(2 ** 16));
      bits.setUint16(2, integer(2 ** 16));
      const number = bits.getFloat32(0);
      if (Number.isFinite(number)) expect(Math.fround(Number(floatLiteral(number).slice(0, -1)))).toBe(number);
    }
    expect(() => floatLiteral(NaN)).toThrow('no finite float32');
  });
});

it.each([
  ['iris', 'iris'],
  ['my net-2', 'my_net_2'],
  ['3-classes', 'net_3_classes'],
  ['größe', 'gr_e'],
  ['__x', 'x'],
  ['网络', 'network'],
  ['', 'network'],
])('the name %j becomes the identifier %s', (name, expected) => expect(identifier(name)).toBe(expected));

it('strings and comments hold what they are given, and cannot end early', () => {
  expect(stringLiteral('a"b\\c\n?é')).toBe('"a\\042b\\134c\\012\\077\\303\\251"');
  expect(commentText('x */ y\n??/ é')).toBe('x _ y__/ _');
});

it('tables take the smallest type of integers, and are never empty', () => {
  expect([[-128, 127], [128], [-32769], []].map(integerType)).toEqual(['int8_t', 'int16_t', 'int32_t', 'int8_t']);
  expect(table('int8_t', 't', [])).toEqual(['static const int8_t t[1] = {', '  0', '};']);
  const long = table('float', 't', new Float64Array(100));
  expect(long[0]).toBe('static const float t[100] = {');
  expect(Math.max(...long.map((line) => line.length))).toBeLessThanOrEqual(110);
});
