import highsModule from 'highs';
import { describe, expect, it } from 'vitest';
import { modelSize } from '@mipnet/mip';
import type { Network } from '@mipnet/network';
import { loadHighsSolver, writeModel, type ModelFormat } from '@mipnet/solver';
import { networkModel } from './network-model.js';
import { ballRegion } from './region.js';

const loadHighs = highsModule as unknown as typeof highsModule.default;
const network: Network = {
  inputShape: [2],
  layers: [
    {
      kind: 'dense',
      inputs: 2,
      outputs: 3,
      weights: Float64Array.of(1, -1, -1, 1, 0.5, 0.5),
      bias: Float64Array.of(0, 0, -0.5),
    },
    { kind: 'activation', activation: 'relu' },
    {
      kind: 'dense',
      inputs: 3,
      outputs: 2,
      weights: Float64Array.of(1, 1, -1, -1, 2, 1),
      bias: Float64Array.of(0.25, 0),
    },
  ],
};
const difference = { coefficients: Float64Array.of(1, -1), constant: 0.125 };

describe('a network as a model file', () => {
  it.each([
    ['mps', 'linf'],
    ['lp', 'linf'],
    ['mps', 'l1'],
    ['lp', 'l1'],
  ] as const)('writes %s that is read back with the same size and optimum (%s)', async (format: ModelFormat, norm) => {
    const region = ballRegion({ norm, centre: Float64Array.of(0.5, 0.5), radius: 0.25 });
    const named = networkModel(network, region, ['big-m'], difference);
    expect(modelSize(named.model).integers).toBe(3);
    expect(named.columnNames).toEqual(expect.arrayContaining(['x0', 'x1', 'y0', 'y1']));
    const { objective } = (await loadHighsSolver()).solve(named.model);
    const session = (await loadHighs()).createModel();
    session.options.set({ output_flag: false });
    session.readModel({ format, data: await writeModel(named.model, named.columnNames, format) });
    session.run();
    expect(Number(session.info.get('objective_function_value'))).toBeCloseTo(objective as number, 9);
    session.dispose();
  });
});
