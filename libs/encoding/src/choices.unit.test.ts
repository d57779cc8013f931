import { violationOf } from '@mipnet/mip';
import { forward, type Network } from '@mipnet/network';
import { loadHighsSolver } from '@mipnet/solver';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  choiceAt,
  choicesWithin,
  countOf,
  nearestChoice,
  wholeNumbers,
  type Choices,
  type OneHotGroup,
} from './choices.js';
import { encodeTrained } from './encode-trained.js';

const integer = (min: number, max: number) => fc.integer({ min, max });
const choices: fc.Arbitrary<Choices> = fc.oneof(
  fc.record({ first: integer(-9, 9), count: integer(1, 6), per: fc.constantFrom(1, 4, 10) }),
  fc
    .uniqueArray(integer(-20, 20), { minLength: 1, maxLength: 6 })
    .map((list) => ({ values: Float64Array.from(list, (value) => value / 8).sort() })),
);
const all = (one: Choices): number[] => Array.from({ length: countOf(one) }, (_, at) => choiceAt(one, at));

describe('choices', () => {
  test('the nearest one, and those within an interval, are what a search of all finds', () => {
    fc.assert(
      fc.property(choices, fc.double({ min: -12, max: 12, noNaN: true }), integer(0, 9), (one, value, width) => {
        const list = all(one);
        const found = choiceAt(one, nearestChoice(one, value));
        expect(Math.abs(found - value)).toBe(Math.min(...list.map((other) => Math.abs(other - value))));
        const within = choicesWithin(one, value, value + width);
        expect(within === undefined ? [] : all(within)).toEqual(
          list.filter((other) => other >= value && other <= value + width),
        );
      }),
    );
  });

  test('whole numbers of an interval', () => {
    expect(all(wholeNumbers(-1.5, 2)!)).toEqual([-1, 0, 1, 2]);
    expect(wholeNumbers(0.1, 0.9)).toBeUndefined();
  });
});

describe('inputs with choices in a MIP', () => {
  /** The inputs themselves, in one sum whose value differs for all inputs. */
  const sumOf = (size: number): Network => ({
    inputShape: [size],
    layers: [
      {
        kind: 'dense',
        inputs: size,
        outputs: 1,
        weights: Float64Array.from({ length: size }, (_, i) => Math.SQRT2 + Math.sin(7 * i)),
        bias: Float64Array.of(0),
      },
    ],
  });
  const given = fc.record({
    lists: fc.array(fc.option(choices), { minLength: 1, maxLength: 3 }),
    group: integer(0, 3),
    orNone: fc.boolean(),
    sign: fc.constantFrom(1, -1),
  });

  test('have exactly the points that enumeration has: the optimum agrees, and every point completes', async () => {
    const solver = await loadHighsSolver();
    await fc.assert(
      fc.asyncProperty(given, async ({ lists, group, orNone, sign }) => {
        const members = Array.from({ length: group }, (_, k) => lists.length + k);
        const pairs = members.map((k): Choices => ({ values: Float64Array.of(0, k % 2 === 0 ? 1 : 0.5) }));
        const own = [...lists, ...pairs];
        const groups: OneHotGroup[] = group === 0 ? [] : [{ inputs: Int32Array.from(members), orNone }];
        const ends = own.map((one) => (one === null ? [-1, 1] : [choiceAt(one, 0), choiceAt(one, countOf(one) - 1)]));
        const box = {
          lower: Float64Array.from(ends, ([low]) => low),
          upper: Float64Array.from(ends, ([, high]) => high),
        };
        const network = sumOf(own.length);
        const encoding = encodeTrained(network, box, { inputs: { choices: own, groups } });
        const { builder, outputs, toPoint, toInput } = encoding;
        const points = own
          .map((one) => (one === null ? [-1, 1] : all(one)))
          .reduce<number[][]>((rest, values) => rest.flatMap((point) => values.map((value) => [...point, value])), [[]])
          .filter((point) => {
            const ones = members.filter((i) => point[i] > 0).length;
            return group === 0 || ones === 1 || (orNone && ones === 0);
          });
        for (const point of points) {
          const x = toPoint(point);
          expect(violationOf(encoding.model, x)).toBeLessThan(1e-9);
          expect([...toInput(x)]).toEqual(point);
        }
        builder.addObjective(outputs[0].expression, sign);
        const model = builder.build();
        const least = Math.min(...points.map((point) => sign * forward(network, Float64Array.from(point), 1)[0]));
        if (model.columnCount === 0) {
          expect(model.offset).toBeCloseTo(least, 9);
          return;
        }
        const { status, objective } = await solver.solve(model);
        expect(status).toBe('optimal');
        expect(objective).toBeCloseTo(least, 6);
      }),
      { numRuns: 60 },
    );
  });
});
