import { crownBounds, linearLowerBounds, type Box } from '@mipnet/bounds';
import { float32Draw, float32Point } from '@mipnet/bounds/testing/float32-draw';
import { float32Trace } from '@mipnet/bounds/testing/float32-pass';
import { randomBox, randomNumbers, randomPoint, randomTrained } from '@mipnet/bounds/testing/random-trained';
import { forward, inFloat32, isContinuous, piecesOf, type Network } from '@mipnet/network';
import { randomGraph } from '@mipnet/network/testing/random-graph';
import { describe, expect, test } from 'vitest';
import { branchOnInputs, type BranchOnInputsResult } from './branch-on-inputs.js';
import type { Division } from './proof-log.js';

/** MIPNET_FUZZ_NETWORKS=20000 makes the long version. */
const networks = Number(process.env.MIPNET_FUZZ_NETWORKS ?? 100);

/** The largest output of a group. */
const most = (outputs: Float64Array, group: readonly number[]): number =>
  Math.max(...group.map((output) => outputs[output]));

/** One more layer: each output is coefficients . y + constant. */
function withOutputs(network: Network, rows: readonly (readonly number[])[], constants: readonly number[]): Network {
  const dense = {
    kind: 'dense',
    inputs: rows[0].length,
    outputs: rows.length,
    weights: Float64Array.from(rows.flat()),
    bias: Float64Array.from(constants),
  } as const;
  return { ...network, layers: [...network.layers, dense] };
}

const search = (network: Network, box: Box, groups: readonly number[][], nodeLimit: number): BranchOnInputsResult =>
  branchOnInputs(network, crownBounds(network, box), groups, { nodeLimit });

const isSmooth = ({ layers }: Network): boolean =>
  layers.every((layer) => layer.kind !== 'quantize' && (layer.kind !== 'activation' || isContinuous(piecesOf(layer))));

describe('branchOnInputs', () => {
  test('float32 arithmetic in any order stays above the bounds of all groups', { timeout: 600_000 }, () => {
    const groups = [[0], [1], [0, 1]];
    for (let seed = 0; seed < networks; seed++) {
      const { random, network, box } = float32Draw(seed);
      const { bounds } = search(network, box, groups, 60);
      for (let k = 0; k < 40; k++) {
        const outputs = float32Trace(network, float32Point(random, box), random).at(-1)!;
        for (const [g, group] of groups.entries())
          expect(most(outputs, group), `seed ${seed}, group ${g}`).toBeGreaterThanOrEqual(bounds[g]);
      }
    }
  });

  test('excludes what lies clearly above, row by row and several rows together', { timeout: 600_000 }, () => {
    let tried = 0;
    let alone = 0;
    let together = 0;
    for (let seed = 0; seed < networks; seed++) {
      const random = randomNumbers(seed);
      const network = inFloat32(seed % 3 === 0 ? randomGraph(random) : randomTrained(random));
      if (!isSmooth(network)) continue;
      const box = randomBox(random, network);
      const points = Array.from({ length: 300 }, () => forward(network, randomPoint(random, box), 1));
      const values = points.map(([first, second]) => first - second);
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const gap = 0.3 * (high - low) + 0.1;
      tried++;
      const above = withOutputs(network, [[1, -1]], [gap - low]);
      if (search(above, box, [[0]], 4000).bounds[0] > 0) alone++;
      // d + e and e - d are both at most 0 only if d = -e = 0; each alone is so on much of the box.
      const middle = (low + high) / 2;
      const either = withOutputs(
        network,
        [
          [1, -1],
          [-1, 1],
        ],
        [0.05 * (high - low + 1) - middle, 0.05 * (high - low + 1) + middle],
      );
      const found = search(either, box, [[0, 1]], 4000);
      if (found.bounds[0] > 0) together++;
    }
    expect(tried).toBeGreaterThan(networks / 4);
    expect(alone).toBeGreaterThan(0.9 * tried);
    expect(together).toBeGreaterThan(0.9 * tried);
  });

  /** y = (|x1| + |x2|, constant) on a square around 0. */
  const cone = (constant: number): Network => ({
    inputShape: [2],
    layers: [
      {
        kind: 'dense',
        inputs: 2,
        outputs: 4,
        weights: Float64Array.of(1, 0, -1, 0, 0, 1, 0, -1),
        bias: new Float64Array(4),
      },
      { kind: 'activation', activation: 'relu' },
      {
        kind: 'dense',
        inputs: 4,
        outputs: 1,
        weights: Float64Array.of(-1, -1, -1, -1),
        bias: Float64Array.of(constant),
      },
    ],
  });
  const square: Box = { lower: Float64Array.of(-1, -1), upper: Float64Array.of(1, 1) };

  test('comes close to the minimum, never above it, and is the same every time', () => {
    const one = search(cone(2.05), square, [[0]], 1000);
    expect(one.bounds[0]).toBeGreaterThan(0);
    expect(one.bounds[0]).toBeLessThanOrEqual(0.05);
    expect(search(cone(2.05), square, [[0]], 1000)).toEqual(one);
  });

  test('shows the most unsafe inputs first, and ends at a witness, at a limit and when stopped', () => {
    const bounds = crownBounds(cone(1.9), square);
    const seen: number[] = [];
    const inspect = (input: Float64Array): boolean => {
      const [value] = forward(cone(1.9), input, 1);
      seen.push(value);
      return value <= 0;
    };
    branchOnInputs(cone(1.9), bounds, [[0]], { inspect, nodeLimit: 1000 });
    expect(seen.at(-1)).toBeLessThanOrEqual(0);
    expect(seen.slice(0, -1).every((value) => value > 0)).toBe(true);
    expect(branchOnInputs(cone(1.9), bounds, [[0]], { nodeLimit: 50 }).nodes).toBeLessThanOrEqual(51);
    expect(branchOnInputs(cone(1.9), bounds, [[0]], { stopped: () => true }).nodes).toBe(1);
  });

  test('its log is a proof that the bounds of each box alone confirm', { timeout: 600_000 }, () => {
    let whole = 0;
    for (let seed = 1; seed < networks; seed += 3) {
      const random = randomNumbers(seed);
      const plain = inFloat32(randomTrained(random));
      if (!isSmooth(plain)) continue;
      const box = randomBox(random, plain);
      const values = Array.from({ length: 300 }, () => forward(plain, randomPoint(random, box), 1)).map(
        ([first, second]) => first - second,
      );
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const middle = (low + high) / 2;
      const step = 0.2 * (high - low) + 0.1;
      const rows = [
        [1, -1],
        [1, -1],
        [-1, 1],
      ];
      const network = withOutputs(plain, rows, [step - low, step - middle, step + middle]);
      const groups = [[0], [1, 2]];
      const divisions = new Map<number, Division>();
      const exclusions = new Map<number, { readonly group: number; readonly weights: readonly number[] }[]>();
      const { bounds } = branchOnInputs(network, crownBounds(network, box), groups, {
        nodeLimit: 2000,
        log: {
          divide: (part, division) => divisions.set(part, division),
          exclude: (part, group, weights) =>
            exclusions.set(part, [...(exclusions.get(part) ?? []), { group, weights }]),
        },
      });
      if (!bounds.every((bound) => bound > 0)) continue;
      whole++;
      const check = (part: number, on: Box, open: readonly number[]): void => {
        let left = open;
        for (const { group, weights } of exclusions.get(part) ?? []) {
          const row = new Float64Array(3);
          groups[group].forEach((output, r) => (row[output] += weights[r]));
          expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
          expect(linearLowerBounds(network, crownBounds(network, on), row)[0]).toBeGreaterThan(0);
          left = left.filter((one) => one !== group);
        }
        if (left.length === 0) return;
        const { input, at, below, above } = divisions.get(part)!;
        check(below, { ...on, upper: on.upper.map((high, i) => (i === input ? at : high)) }, left);
        check(above, { ...on, lower: on.lower.map((low, i) => (i === input ? at : low)) }, left);
      };
      check(0, box, [0, 1]);
    }
    expect(whole).toBeGreaterThan(networks / 20);
  });
});
