import { toOnnx, type Network } from '@mipnet/network';
import { afterAll, expect, test } from 'vitest';
import { misclassification } from '../misclassification.js';
import { query } from '../query.js';
import { ballRegion } from '../region.js';

// Compiled: a thread is started from a file.
const compiled = new URL('../../dist/slots/verify-slots.js', import.meta.url).href;
const { VerifySlots } = (await import(compiled)) as typeof import('./verify-slots.js');

/** The larger of two inputs wins. */
const network: Network = {
  inputShape: [2],
  layers: [
    { kind: 'dense', inputs: 2, outputs: 2, weights: Float64Array.of(1, -1, -1, 1), bias: Float64Array.of(0, 0) },
    { kind: 'activation', activation: 'relu' },
    { kind: 'dense', inputs: 2, outputs: 2, weights: Float64Array.of(1, 0, 0, 1), bias: Float64Array.of(0, 0) },
  ],
};

const slots = new VerifySlots(toOnnx(network), 1);
afterAll(() => slots.close());

/** Whether every input this near to (0.75, 0.25) is of the first class. */
const within = (radius: number) => ({
  about: {
    query: query(ballRegion({ norm: 'linf', centre: Float64Array.of(0.75, 0.25), radius }), misclassification(0, 2)),
  },
});

test('a thread answers one query after the other: robust below the distance of the other class, and a witness above', async () => {
  expect(await slots.verify(within(0.2))).toMatchObject({ verdict: 'robust' });
  const { verdict, witness } = await slots.verify(within(0.3));
  expect(verdict).toBe('adversarial');
  expect(witness!.input[1]).toBeGreaterThanOrEqual(witness!.input[0]);
});
