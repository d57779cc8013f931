import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ModelBuilder } from './model-builder.js';
import { rowSides } from './mps-row.js';
import { readMps } from './testing/read-mps.js';
import { writeMps } from './write-mps.js';

const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }).filter((x) => x !== 0);
const bounds = fc.oneof(
  fc.tuple(number, number).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
  number.map((a) => [a, a] as const),
  number.map((a) => [-Infinity, a] as const),
  number.map((a) => [a, Infinity] as const),
  fc.constantFrom([-Infinity, Infinity] as const, [0, 1] as const, [0, Infinity] as const, [-1, 0] as const),
);
const models = fc.integer({ min: 1, max: 5 }).chain((columns) =>
  fc.record({
    columns: fc.array(fc.record({ bounds, cost: fc.oneof(fc.constant(0), number), integer: fc.boolean() }), {
      minLength: columns,
      maxLength: columns,
    }),
    rows: fc.array(fc.record({ bounds, values: fc.array(fc.option(number), { maxLength: columns }) }), {
      maxLength: 4,
    }),
    offset: fc.oneof(fc.constant(0), number),
  }),
);

describe('writeMps', () => {
  test('a model is read back as it was, to the last bit but for ranges', () => {
    fc.assert(
      fc.property(models, ({ columns, rows, offset }) => {
        const builder = new ModelBuilder();
        for (const {
          bounds: [lower, upper],
          cost,
          integer,
        } of columns)
          builder.column(lower, upper, { cost, integer });
        for (const {
          bounds: [lower, upper],
          values,
        } of rows) {
          const entries = [...values.entries()].filter((entry): entry is [number, number] => entry[1] !== null);
          builder.row(
            lower,
            { constant: 0, columns: entries.map(([j]) => j), values: entries.map(([, v]) => v) },
            upper,
          );
        }
        builder.addOffset(offset);
        const { rowLower, rowUpper, ...exact } = builder.build();
        const { rowLower: lowerRead, rowUpper: upperRead, ...read } = readMps([...writeMps(builder.build())].join(''));
        expect(read).toEqual(exact);
        rowLower.forEach((lower, i) => {
          const slack = 2 ** -51 * (Math.abs(rowUpper[i] - lower) || 1);
          expect(lowerRead[i] === lower || (lowerRead[i] < lower && lower - lowerRead[i] <= slack)).toBe(true);
          expect(
            upperRead[i] === rowUpper[i] || (upperRead[i] > rowUpper[i] && upperRead[i] - rowUpper[i] <= slack),
          ).toBe(true);
        });
      }),
      { numRuns: 500 },
    );
  });

  test('says what readers would otherwise guess', () => {
    const builder = new ModelBuilder();
    builder.column(0, Infinity, { integer: true });
    builder.column(-Infinity, Infinity, { cost: 0.1 });
    builder.column(-3, 5, { integer: true });
    builder.row(1, { constant: 0, columns: [0, 2], values: [1, -1 / 3] }, 4);
    builder.addOffset(2.5);
    expect([...writeMps(builder.build(), { columns: ['units', 'free', 'k'], rows: ['balance'] })].join('')).toBe(
      `NAME mipnet FREE
ROWS
 N obj
 G balance
COLUMNS
 marker0 'MARKER' 'INTORG'
 units balance 1
 marker1 'MARKER' 'INTEND'
 free obj 0.1
 marker2 'MARKER' 'INTORG'
 k balance -0.3333333333333333
 marker3 'MARKER' 'INTEND'
RHS
 rhs obj -2.5
 rhs balance 1
RANGES
 range balance 3
BOUNDS
 PL bound units
 FR bound free
 LO bound k -3
 UP bound k 5
ENDATA
`,
    );
  });

  test('a large model comes in several chunks', () => {
    const builder = new ModelBuilder();
    for (let j = 0; j < 20_000; j++) builder.column(0, 1, { cost: j });
    const chunks = [...writeMps(builder.build())];
    expect(chunks.length).toBeGreaterThan(3);
    expect(readMps(chunks.join('')).columnCount).toBe(20_000);
  });
});

test('a range gives back both bounds to the last bit if any number does', () => {
  const { type, side, range } = rowSides(0.1, 0.7);
  expect(type === 'G' ? [side, side + range] : [side - range, side]).toEqual([0.1, 0.7]);
});
