import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromOnnx, toOnnx, type Network } from '@mipnet/network';
import { findWitness } from './attack/find-witness.js';
import { openOnnxRuntime, type OnnxRuntime } from './onnx-runtime.js';
import { query, type Query } from './query.js';
import { ballRegion, boxRegion, contains } from './region.js';
import { readVnnlib } from './vnnlib/read-vnnlib.js';
import { vnnlibQueries } from './vnnlib/property.js';
import { replayWitness } from './witness.js';

/** y = x0 - x1; unsafe from 0.5. */
const network: Network = {
  inputShape: [2],
  layers: [{ kind: 'dense', inputs: 2, outputs: 1, weights: Float64Array.of(1, -1), bias: Float64Array.of(0) }],
};
const unsafe = [[{ coefficients: Float64Array.of(1), constant: -0.5 }]];
const box: Query = query(boxRegion(Float64Array.of(0, 0), Float64Array.of(1, 1)), unsafe);
const fake = (...outputs: number[]): OnnxRuntime => ({
  run: async () => Float64Array.from(outputs),
  release: async () => undefined,
});

describe('replayWitness', () => {
  it('accepts a point that is unsafe in the runtime, and says where float64 disagrees', async () => {
    const runtime = await openOnnxRuntime(toOnnx(network));
    try {
      const inBall = { ...box, region: ballRegion({ norm: 'l1', centre: Float64Array.of(0.5, 0.5), radius: 0.75 }) };
      const replay = await replayWitness(network, runtime, inBall, Float64Array.of(0.75, 0.125));
      expect(replay).toMatchObject({
        accepted: true,
        witness: {
          outputs: Float64Array.of(0.625),
          runtimeOutputs: Float64Array.of(0.625),
          value: 0.125,
          distance: expect.closeTo(0.625, 9),
        },
      });
      expect(replay.accepted && 'float64Disagrees' in replay.witness).toBe(false);
      const safe = await replayWitness(network, fake(0.75), box, Float64Array.of(0.25, 0));
      expect(safe).toMatchObject({
        accepted: true,
        witness: { outputs: Float64Array.of(0.25), value: 0.25, float64Disagrees: true },
      });
    } finally {
      await runtime.release();
    }
  });

  it.each<[string, Float64Array, OnnxRuntime, string]>([
    [
      'outside of the box by the last digit',
      Float64Array.of(1 + 2 ** -52, 0),
      fake(1),
      'input 0 is 1.0000000000000002, outside [0, 1]',
    ],
    ['of another size', Float64Array.of(1), fake(1), 'it has 1 numbers, not 2'],
    ['that is not finite', Float64Array.of(NaN, 0), fake(1), 'not finite'],
    ['that the runtime finds safe', Float64Array.of(1, 0), fake(0.4999), 'the ONNX runtime finds it safe'],
    [
      'that the runtime finds not a number',
      Float64Array.of(1, 0),
      fake(NaN),
      'the ONNX runtime gives outputs that are not finite (NaN)',
    ],
    ['for which the runtime gives other outputs', Float64Array.of(1, 0), fake(1, 1), 'gives 2 outputs'],
  ])('refuses a point %s', async (_, point, runtime, reason) => {
    expect(await replayWitness(network, runtime, box, point)).toMatchObject({
      accepted: false,
      reason: expect.stringContaining(reason),
    });
  });

  it('refuses a point of the box outside of the l1 ball', async () => {
    const narrow = { ...box, region: ballRegion({ norm: 'l1', centre: Float64Array.of(1, 0), radius: 0.25 }) };
    expect(await replayWitness(network, fake(1), narrow, Float64Array.of(0.8, 0.1))).toMatchObject({
      accepted: false,
      reason: expect.stringContaining('more than 0.25'),
    });
  });

  it('is an error where the runtime fails', async () => {
    const runtime = await openOnnxRuntime(toOnnx(network));
    try {
      await expect(runtime.run(Float64Array.of(1, 2, 3))).rejects.toMatchObject({
        code: 'runtime',
        cause: expect.anything(),
      });
      await expect(openOnnxRuntime(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({
        code: 'model',
        blame: 'input',
        cause: expect.anything(),
      });
    } finally {
      await runtime.release();
    }
  });
});

const data = process.env.MIPNET_DATA;

describe('violated mnistfc properties of VNN-COMP', () => {
  it.skipIf(data === undefined)(
    'are violated by witnesses that survive the replay (skipped unless MIPNET_DATA is set)',
    async () => {
      const folder = join(data as string, 'mnistfc');
      const bytes = await readFile(join(folder, 'mnist-net_256x2.onnx'));
      const network = fromOnnx(bytes);
      const runtime = await openOnnxRuntime(bytes);
      try {
        for (const name of ['prop_7_0.03', 'prop_14_0.03', 'prop_9_0.05', 'prop_0_0.05']) {
          const [one] = vnnlibQueries(await readVnnlib(join(folder, `${name}.vnnlib.gz`)));
          const { witness } = findWitness(network, one);
          if (witness === undefined) expect.fail(`no witness for ${name}`);
          expect(witness.every((value) => Math.fround(value) === value) && contains(one.region, witness)).toBe(true);
          expect(await replayWitness(network, runtime, one, witness)).toMatchObject({ accepted: true });
        }
      } finally {
        await runtime.release();
      }
    },
  );
});
