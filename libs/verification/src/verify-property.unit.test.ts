import { describe, expect, it } from 'vitest';
import { forward, type Network } from '@mipnet/network';
import type { OnnxRuntime } from './onnx-runtime.js';
import { verifyProperty } from './verify-property.js';
import { parseVnnlib } from './vnnlib/parse-vnnlib.js';

const network: Network = { inputShape: [1], layers: [{ kind: 'activation', activation: 'relu' }] };
const runtime: OnnxRuntime = {
  run: async (input) => forward(network, input, 1),
  release: async () => undefined,
};
const verify = (assertions: string) =>
  verifyProperty(network, runtime, parseVnnlib(`(declare-const X_0 Real)(declare-const Y_0 Real)${assertions}`), {
    attack: { restarts: 1 },
    // Exact for y = max(0, x): monotone in x.
    boundOutputs: ({ lower, upper }, functions) =>
      Float64Array.from(
        functions,
        (row) => row.constant + Math.min(...[lower[0], upper[0]].map((x) => row.coefficients[0] * Math.max(0, x))),
      ),
  });
const twoBoxes = '(assert (or (and (>= X_0 -1) (<= X_0 0)) (and (>= X_0 2) (<= X_0 3))))';

describe('verifyProperty', () => {
  it('holds when every region is robust, with the smaller bound', async () => {
    expect(await verify(`${twoBoxes}(assert (>= Y_0 4))`)).toMatchObject({ verdict: 'robust', by: 'bounds', bound: 1 });
  });

  it('is violated by a witness in any region', async () => {
    const verdict = await verify(`${twoBoxes}(assert (>= Y_0 2.5))`);
    expect(verdict).toMatchObject({ verdict: 'adversarial', by: 'attack' });
    expect(verdict.witness?.input[0]).toBeGreaterThanOrEqual(2.5);
  });

  it('holds for every network when no input can satisfy it', async () => {
    expect(await verify('(assert (>= X_0 1)) (assert (<= X_0 0)) (assert (>= Y_0 0))')).toMatchObject({
      verdict: 'robust',
      by: 'empty region',
    });
  });
});
