import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromOnnx, forward, type Network } from '@mipnet/network';
import { loadHighsSolver, type SessionSolver } from '@mipnet/solver';
import { describe, expect, test } from 'vitest';
import { rememberedCrown } from './bound-outputs.js';
import { excludeByBranching } from './exclude-by-branching.js';
import { misclassification } from './misclassification.js';
import { proveByMip } from './prove-by-mip.js';
import { isUnsafe, query, type OutputRow } from './query.js';
import { ballRegion, boxRegion } from './region.js';
import { vnnlibQueries } from './vnnlib/parse-vnnlib.js';
import { readVnnlib } from './vnnlib/read-vnnlib.js';

/** y = (|x1| + |x2|, constant): at least 0, at most 2 on the square. */
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
      outputs: 2,
      weights: Float64Array.of(1, 1, 1, 1, 0, 0, 0, 0),
      bias: Float64Array.of(0, constant),
    },
  ],
});
const square = boxRegion(Float64Array.of(-1, -1), Float64Array.of(1, 1));
const branch = (network: Network, asked: ReturnType<typeof query>) =>
  excludeByBranching(network, asked, rememberedCrown(network));

describe('excludeByBranching', () => {
  test('excludes what is impossible and finds a witness where one is', () => {
    const impossible = branch(cone(2.01), query(square, misclassification(1, 2)));
    expect(impossible).toMatchObject({ open: [] });
    expect(impossible.bound).toBeGreaterThan(0);
    expect(impossible.bound).toBeLessThanOrEqual(0.01);
    const asked = query(square, misclassification(1, 2));
    const { witness } = branch(cone(1.99), asked);
    expect(witness && isUnsafe(asked.unsafe, forward(cone(1.99), witness, 1))).toBe(true);
  });

  test('a corner outside of an l1 ball is no witness', () => {
    const region = ballRegion({ norm: 'l1', centre: new Float64Array(2), radius: 0.5 }, [-1, 1]);
    expect(branch(cone(0.75), query(region, misclassification(1, 2))).witness).toBeUndefined();
  });

  test('leaves conjunctions of several rows, and the nearest point, to others', () => {
    const row: OutputRow = { coefficients: Float64Array.of(1, -1), constant: 0 };
    expect(branch(cone(3), query(square, [[row], [row, row]]))).toMatchObject({ open: [1], bound: null });
    const ball = ballRegion({ norm: 'linf', centre: new Float64Array(2), radius: 0.5 }, [-1, 1]);
    expect(branch(cone(3), query(ball, [[row]], 'closest'))).toMatchObject({ open: [0], bound: null });
  });

  const data = process.env.MIPNET_DATA;
  test.skipIf(!data)(
    'proves properties of mnistfc that bounds and attack leave open (skipped unless MIPNET_DATA is set)',
    { timeout: 300_000 },
    async () => {
      const folder = join(data ?? '', 'mnistfc');
      const network = fromOnnx(readFileSync(join(folder, 'mnist-net_256x2.onnx')));
      for (const name of ['prop_13_0.03', 'prop_6_0.05']) {
        const [asked] = vnnlibQueries(await readVnnlib(join(folder, `${name}.vnnlib.gz`)));
        expect(branch(network, asked).open, name).toEqual([]);
      }
    },
  );
});

describe('a solver that calls everything infeasible', () => {
  test('with presolve only: is asked again without, and not believed', async () => {
    const solver = await loadHighsSolver();
    const presolves: unknown[] = [];
    const lying: SessionSolver = {
      ...solver,
      solve: (model, options = {}) => {
        presolves.push(options.presolve);
        return options.presolve === false
          ? solver.solve(model, options)
          : { status: 'infeasible', objective: null, bound: null, nodes: 0, work: 0, seconds: 0, interrupted: false };
      },
    };
    const { robust } = await proveByMip(lying, { branching: false, tightening: 'crown' })(
      cone(1.99),
      query(square, misclassification(1, 2)),
      new Float64Array(2),
    );
    expect(robust).toBe(false);
    expect(presolves).toEqual([true, false]);
  });
});
