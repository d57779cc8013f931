import { crownBounds } from '@mipnet/bounds';
import type { Layer, Network } from '@mipnet/network';
import { expect, test } from 'vitest';
import { addEfforts, EffortClock, undecidedIn } from './effort.js';

test('a step lasts until the next one begins, and node counts of searches add up', () => {
  let now = 0;
  const clock = new EffortClock(() => now);
  clock.begin('bounds');
  now = 500;
  clock.begin('branching');
  clock.count(3);
  clock.count(8);
  // Another search.
  clock.count(1);
  now = 2500;
  clock.begin('bounds');
  now = 2600;
  expect(clock.effort([])).toEqual({ seconds: { bounds: 0.6, branching: 2 }, nodes: 9, units: [] });
  now = 9999;
  expect(clock.effort([]).seconds.bounds).toBe(0.6);
});

test('two parts of a question add up; the part with more undecided units is shown', () => {
  const one = { seconds: { bounds: 1, mip: 2 }, nodes: 5, units: [{ layer: 0, undecided: 2, of: 4 }] };
  const other = { seconds: { bounds: 0.5 }, nodes: 1, units: [{ layer: 0, undecided: 3, of: 4 }] };
  expect(addEfforts(one, other)).toEqual({ seconds: { bounds: 1.5, mip: 2 }, nodes: 6, units: other.units });
  expect(addEfforts(undefined, other)).toBe(other);
});

test('layers before activations count, behind a flatten layer once', () => {
  const dense: Layer = {
    kind: 'dense',
    inputs: 2,
    outputs: 2,
    weights: Float64Array.of(1, 0, 0, 1),
    bias: Float64Array.of(-0.5, -2),
  };
  const relu: Layer = { kind: 'activation', activation: 'relu' };
  const network: Network = { inputShape: [2], layers: [dense, { kind: 'flatten' }, relu, dense] };
  const bounds = crownBounds(network, { lower: new Float64Array(2), upper: Float64Array.of(1, 1) });
  expect(undecidedIn(network, bounds)).toEqual([{ layer: 1, undecided: 1, of: 2 }]);
});
