import type { Network } from '@mipnet/network';
import { expect, test } from 'vitest';
import { boundOutputsOf } from './bound-outputs.js';
import { proveShortly } from './prove-shortly.js';
import { query } from './query.js';
import { boxRegion } from './region.js';

/** With more than these inputs, boxes of inputs are not divided. */
const inputs = 12;
const onFirstTwo = (...rows: readonly (readonly [number, number])[]): Float64Array =>
  Float64Array.from(rows.flatMap(([first, second]) => [first, second, ...new Array<number>(inputs - 2).fill(0)]));

/** offset + 2.25 + relu(s + 0.5) - 0.5 (s + 5), s = x0 + x1: least at -0.5. Slopes of 0 or 1 do not prove it. */
const network = (offset: number): Network => ({
  inputShape: [inputs],
  layers: [
    { kind: 'dense', inputs, outputs: 2, weights: onFirstTwo([1, 1], [1, 1]), bias: Float64Array.of(0.5, 5) },
    { kind: 'activation', activation: 'relu' },
    { kind: 'dense', inputs: 2, outputs: 1, weights: Float64Array.of(1, -0.5), bias: Float64Array.of(offset + 2.25) },
  ],
});
const notPositive = [[{ coefficients: Float64Array.of(-1), constant: 0 }]];
const box = boxRegion(new Float64Array(inputs).fill(-1), new Float64Array(inputs).fill(1));
const prove = (net: Network, asked = query(box, notPositive)) => proveShortly({})(net, asked, new Float64Array(inputs));

test('a few nodes prove what lines leave open, and nothing that is false', async () => {
  const holds = network(0.05);
  expect(boundOutputsOf(holds)(box.box, [{ coefficients: Float64Array.of(1), constant: 0 }])[0]).toBeLessThan(0);
  const proof = await prove(holds);
  expect(proof).toMatchObject({ robust: true, by: 'branching', points: [] });
  expect(proof.bound).toBeLessThanOrEqual(0.05);
  expect(await prove(network(-0.05))).toMatchObject({ robust: false });
});

test('says which conjunctions it leaves open, and the bound over the others', async () => {
  const atMostTenth = [{ coefficients: Float64Array.of(-1), constant: 0.1 }];
  const { robust, left } = await prove(network(0.05), query(box, [atMostTenth, ...notPositive]));
  expect(robust).toBe(false);
  expect(left?.open).toEqual([0]);
  expect(left?.settledBound).toBeGreaterThan(0);
  expect(left?.settledBound).toBeLessThanOrEqual(0.05);
});

test('leaves other questions alone', async () => {
  const two = query(box, [[notPositive[0][0], notPositive[0][0]]]);
  expect(await prove(network(0.05), two)).toMatchObject({ robust: false, bound: null });
  const few = query(
    boxRegion(
      new Float64Array(inputs),
      Float64Array.from({ length: inputs }, (_, i) => (i < 2 ? 1 : 0)),
    ),
    notPositive,
  );
  expect(await prove(network(0.05), few)).toMatchObject({ robust: false, bound: null });
  expect(
    await proveShortly({ stopped: () => true })(network(0.05), query(box, notPositive), new Float64Array(inputs)),
  ).toMatchObject({ robust: false, bound: null });
});
