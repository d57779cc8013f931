import { forward, type Network } from '@mipnet/network';
import { randomGraph } from '@mipnet/network/testing/random-graph';
import { describe, expect, test } from 'vitest';
import { randomBox, randomNumbers, randomPoint, randomTrained } from '@mipnet/bounds/testing/random-trained';
import type { BranchEvent } from './branch-log.js';
import { branchOnSigns } from './branch-on-signs.js';
import { crownBounds, linearLowerBounds } from '@mipnet/bounds';
import { FormBound, type UnitChoices } from './form-bound.js';
import { liveNetwork, type LiveNetwork } from './live-network.js';
import { OpenNodes } from './open-nodes.js';
import { raiseBound } from './raise-bound.js';

const networks = Number(process.env.MIPNET_FUZZ_NETWORKS ?? 200);
const form = Float64Array.of(1, -1);

function drawn(seed: number) {
  const random = randomNumbers(seed);
  const network = seed % 3 === 0 ? randomGraph(random) : randomTrained(random, { quantize: seed % 5 === 0 });
  const box = randomBox(random, network);
  return { random, network, box, live: liveNetwork(network, crownBounds(network, box)) };
}

const valueAt = (network: Network, input: Float64Array): number => {
  const [first, second] = forward(network, input, 1);
  return first - second;
};

const choicesOf = ({ open, lower, upper }: LiveNetwork, random: () => number): UnitChoices => ({
  side: new Int8Array(open.length),
  lower: lower.slice(),
  upper: upper.slice(),
  slope: lower.map(random),
  multiplier: lower.map(random),
});

describe('a bound of a form', () => {
  test('holds at every point for any slopes, and for any sides and multipliers where the units keep them', () => {
    for (let seed = 0; seed < networks; seed++) {
      const { random, network, box, live } = drawn(seed);
      const bound = new FormBound(live, live.steps.length, form);
      const choices = choicesOf(live, random);
      const least = bound.evaluate(choices);
      for (let k = 0; k < 20; k++) expect(valueAt(network, randomPoint(random, box))).toBeGreaterThanOrEqual(least);
      if (live.open.length === 0) continue;
      // All inputs lie on one side of a unit or the other, so the smaller of the two bounds holds everywhere.
      const unit = Math.floor(random() * live.open.length);
      const halves = [1, -1].map((side) => {
        choices.side[unit] = side;
        return bound.evaluate(choices);
      });
      for (let k = 0; k < 20; k++)
        expect(valueAt(network, randomPoint(random, box))).toBeGreaterThanOrEqual(Math.min(...halves));
    }
  });

  test('from a step on, it is the same number as of a whole pass', () => {
    for (let seed = 0; seed < networks; seed++) {
      const { random, live } = drawn(seed);
      const [bound, whole] = [0, 1].map(() => new FormBound(live, live.steps.length, form));
      const choices = choicesOf(live, random);
      bound.evaluate(choices);
      for (const [unit, { step }] of live.open.entries())
        for (const side of [1, -1, 0]) {
          choices.side[unit] = side;
          expect(bound.evaluateFrom(step, choices)).toBe(whole.evaluate(choices));
        }
    }
  });

  test('the gradient is that of the bound', () => {
    let compared = 0;
    for (let seed = 0; seed < networks; seed++) {
      const { random, live } = drawn(seed);
      const bound = new FormBound(live, live.steps.length, form);
      const choices = choicesOf(live, random);
      choices.side.forEach((_, unit) => (choices.side[unit] = Math.floor(3 * random()) - 1));
      const gradient = new Float64Array(live.open.length);
      const at = bound.evaluate(choices);
      bound.gradient(choices, gradient);
      gradient.forEach((slope, unit) => {
        const changed = choices.side[unit] === 0 ? choices.slope : choices.multiplier;
        const was = changed[unit];
        const [above, below] = [1e-7, -1e-7].map((step) => {
          changed[unit] = was + step;
          return bound.evaluate(choices) - at;
        });
        changed[unit] = was;
        // At a kink of the piecewise linear bound the two sides differ, and either is right.
        const size = 1e-5 * (1 + Math.abs(slope) + Math.abs(at));
        if (Math.abs(above / 1e-7 - slope) > 100 * size && Math.abs(-below / 1e-7 - slope) > 100 * size)
          expect.fail(`seed ${seed}, unit ${unit}: ${slope}, not ${above / 1e-7}`);
        if (slope !== 0) compared++;
      });
    }
    expect(compared).toBeGreaterThan(networks / 4);
  });

  test('the ascent makes it no worse, often better than CROWN', () => {
    let better = 0;
    for (let seed = 0; seed < networks; seed++) {
      const { random, network, box, live } = drawn(seed);
      const bound = new FormBound(live, live.steps.length, form);
      const choices = choicesOf(live, random);
      const before = bound.evaluate(choices);
      const after = raiseBound(bound, choices, { passes: 30 });
      expect(after).toBeGreaterThanOrEqual(before);
      expect(bound.evaluate(choices)).toBe(after);
      if (after > linearLowerBounds(network, crownBounds(network, box), form)[0] + 1e-6) better++;
    }
    expect(better).toBeGreaterThan(networks / 100);
  });
});

describe('branching', () => {
  test('its bound holds at every point, and excludes what lies clearly above', () => {
    let excluded = 0;
    for (let seed = 0; seed < networks; seed++) {
      const { random, network, box, live } = drawn(seed);
      const points = Array.from({ length: 200 }, () => valueAt(network, randomPoint(random, box)));
      const least = Math.min(...points);
      const target = least - 0.5 * (Math.max(...points) - least) - 0.1;
      const { bound } = branchOnSigns(live, form, { target, nodeLimit: 200 });
      expect(bound).toBeLessThanOrEqual(least);
      if (bound > target) excluded++;
    }
    expect(excluded).toBeGreaterThan(networks / 2);
  });

  test('proves what no relaxation without branching proves', () => {
    // 1 - relu(x + y) - relu(-x - y) + 0.5 |x + y| = 1 - 0.5 |x + y|, at least 0 on the square, 0.05 with the last
    // bias.
    const network: Network = {
      inputShape: [2],
      layers: [
        { kind: 'dense', inputs: 2, outputs: 2, weights: Float64Array.of(1, 1, -1, -1), bias: new Float64Array(2) },
        { kind: 'activation', activation: 'relu' },
        { kind: 'dense', inputs: 2, outputs: 2, weights: Float64Array.of(1, 1, 1, -1), bias: new Float64Array(2) },
        { kind: 'activation', activation: 'relu' },
        { kind: 'dense', inputs: 2, outputs: 1, weights: Float64Array.of(-0.5, 0), bias: Float64Array.of(1.05) },
      ],
    };
    const box = { lower: Float64Array.of(-1, -1), upper: Float64Array.of(1, 1) };
    const bounds = crownBounds(network, box);
    expect(linearLowerBounds(network, bounds, Float64Array.of(1))[0]).toBeLessThan(0.05);
    const { bound, nodes } = branchOnSigns(liveNetwork(network, bounds), Float64Array.of(1), { target: 0.04 });
    expect(bound).toBeGreaterThan(0.04);
    expect(nodes).toBeLessThan(20);
  });

  test('ends at a limit, when stopped, and at a point that was looked for', () => {
    const { live } = drawn(
      Array.from({ length: 50 }, (_, seed) => seed).find((seed) => drawn(seed).live.open.length > 3) as number,
    );
    expect(branchOnSigns(live, form, { target: 1e6, nodeLimit: 3 }).nodes).toBeLessThanOrEqual(4);
    expect(branchOnSigns(live, form, { target: 1e6, stopped: () => true }).nodes).toBe(1);
    expect(branchOnSigns(live, form, { target: 1e6, inspect: () => true }).nodes).toBe(1);
  });

  test('its log is a whole tree of bounds that stand by themselves', () => {
    let splits = 0;
    for (let seed = 0; seed < networks; seed++) {
      const { network, live } = drawn(seed);
      const events: BranchEvent[] = [];
      const target = branchOnSigns(live, form, { target: Infinity, nodeLimit: 20 }).bound - 1e-6;
      const { bound } = branchOnSigns(live, form, { target, nodeLimit: 100, log: (event) => events.push(event) });
      if (!(bound > target)) continue;
      const open = new Set([0]);
      const again = new FormBound(live, live.steps.length, form);
      for (const event of events) {
        expect(open.delete(event.part)).toBe(true);
        if (event.kind === 'closed') expect(again.evaluate(event.choices)).toBeGreaterThan(target);
        if (event.kind !== 'split') continue;
        splits++;
        const { layer, unit } = live.open[event.unit];
        expect(network.layers[layer].kind).toBe('activation');
        expect(unit).toBeGreaterThanOrEqual(0);
        open.add(event.parts.above).add(event.parts.below);
      }
      expect(open.size).toBe(0);
    }
    expect(splits).toBeGreaterThan(networks / 20);
  });

  test('takes the least bound first', () => {
    const nodes = new OpenNodes<{ readonly bound: number }>();
    const random = randomNumbers(5);
    const bounds = Array.from({ length: 100 }, random);
    bounds.forEach((bound) => nodes.push({ bound }));
    expect(nodes.least).toBe(Math.min(...bounds));
    expect(bounds.map(() => nodes.pop()?.bound)).toEqual(bounds.slice().sort((one, other) => one - other));
    expect(nodes.pop()).toBeUndefined();
  });
});
