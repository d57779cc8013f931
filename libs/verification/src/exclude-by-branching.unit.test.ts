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
import { vnnlibQueries } from './vnnlib/property.js';
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

  test('the largest value of the cone in an l2 ball is sqrt(2) times its radius', () => {
    const asked = (radius: number) => {
      const ball = { norm: 'l2', centre: new Float64Array(2), radius } as const;
      return query(ballRegion(ball, [-1, 1]), misclassification(1, 2));
    };
    expect(branch(cone(1), asked(0.7)).open).toEqual([]);
    expect(branch(cone(1), asked(0.71)).open).toEqual([0]);
  });

  test('excludes conjunctions of several rows together, if there are few inputs', () => {
    const row = (sign: number, constant: number): OutputRow => ({
      coefficients: Float64Array.of(sign, -sign),
      constant,
    });
    // |x1| + |x2| - 1 is at least 0.1 on some inputs and at most -0.1 on others, but never both.
    const parts = [[row(1, -0.1), row(-1, -0.1)], [row(1, -2.1)]];
    const found = branch(cone(1), query(square, parts));
    expect(found.open).toEqual([]);
    expect(found.bound).toBeGreaterThan(0);
    const satisfiable = query(square, [[row(1, 0.1), row(-1, 0.1)]]);
    const { witness } = branch(cone(1), satisfiable);
    expect(witness && isUnsafe(satisfiable.unsafe, forward(cone(1), witness, 1))).toBe(true);
  });

  test('leaves conjunctions of several rows to others, if there are many inputs', () => {
    const wide: Network = {
      inputShape: [40],
      layers: [
        {
          kind: 'dense',
          inputs: 40,
          outputs: 2,
          weights: new Float64Array(80).fill(1, 0, 40),
          bias: Float64Array.of(50, 0),
        },
        { kind: 'activation', activation: 'relu' },
      ],
    };
    const box = boxRegion(new Float64Array(40).fill(-1), new Float64Array(40).fill(1));
    const row: OutputRow = { coefficients: Float64Array.of(-1, 1), constant: 0 };
    expect(branch(wide, query(box, [[row], [row, row]]))).toMatchObject({ open: [1], bound: null });
  });

  test('leaves the nearest point to others', () => {
    const row: OutputRow = { coefficients: Float64Array.of(1, -1), constant: 0 };
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
