import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unbalancedFlow } from './balanced-flow.js';

/** What each class sends more than it receives. */
const excessOf = (flow: Float64Array, classes: number): number[] =>
  Array.from({ length: classes }, (_, k) => {
    let excess = 0;
    for (let other = 0; other < classes; other++) excess += flow[k * classes + other] - flow[other * classes + k];
    return excess;
  });

test('without what is taken, every class sends as much as it receives', () => {
  const flows = fc
    .integer({ min: 2, max: 7 })
    .chain((classes) =>
      fc.tuple(fc.constant(classes), fc.array(fc.nat(20), { minLength: classes ** 2, maxLength: classes ** 2 })),
    );
  fc.assert(
    fc.property(flows, ([classes, drawn]) => {
      const flow = Float64Array.from(drawn, (amount, at) => (Math.floor(at / classes) === at % classes ? 0 : amount));
      const taken = unbalancedFlow(flow, classes);
      const kept = flow.map((amount, at) => amount - taken[at]);
      expect(excessOf(kept, classes).every((excess) => excess === 0)).toBe(true);
      expect(taken.every((amount, at) => amount >= 0 && amount <= flow[at])).toBe(true);
      // Every unit of excess goes along at most classes - 1 steps.
      const excess = excessOf(flow, classes).reduce((sum, each) => sum + Math.max(0, each), 0);
      expect(taken.reduce((sum, amount) => sum + amount, 0)).toBeLessThanOrEqual(excess * (classes - 1));
    }),
  );
});

test('two classes: the difference; three: a circle stays as it is', () => {
  expect([...unbalancedFlow(Float64Array.of(0, 5, 8, 0), 2)]).toEqual([0, 0, 3, 0]);
  const circle = Float64Array.of(0, 4, 0, 0, 0, 4, 4, 0, 0);
  expect([...unbalancedFlow(circle, 3)]).toEqual(new Array(9).fill(0));
});
