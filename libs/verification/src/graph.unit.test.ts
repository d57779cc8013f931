import { randomBox, randomNumbers, randomPoint } from '@mipnet/bounds/testing/random-trained';
import { forward, forwardTrace as traceOf, inFloat32 } from '@mipnet/network';
import { randomGraph } from '@mipnet/network/testing/random-graph';
import { loadHighsSolver } from '@mipnet/solver';
import { expect, test } from 'vitest';
import { hasJumps } from './attack/find-witness.js';
import { backwardPass } from './attack/backward.js';
import { boundOutputsOf, rememberedCrown } from './bound-outputs.js';
import { misclassification } from './misclassification.js';
import type { OnnxRuntime } from './onnx-runtime.js';
import { proveByMip } from './prove-by-mip.js';
import { isUnsafe, query } from './query.js';
import { boxRegion } from './region.js';
import { verifyQuery } from './verify-query.js';

const runtimeOf = (network: Parameters<typeof forward>[0]): OnnxRuntime => ({
  run: (input) => Promise.resolve(forward(network, input, 1)),
  release: () => Promise.resolve(),
});

/** MIPNET_FUZZ_NETWORKS=1000 makes the long version. */
const networks = Number(process.env.MIPNET_FUZZ_NETWORKS ?? 200);

test('networks with branches are verified, and no sample contradicts a verdict', { timeout: 3_000_000 }, async () => {
  const solver = await loadHighsSolver();
  const counts: Record<string, number> = {};
  for (let seed = 1; seed <= networks; seed++) {
    const random = randomNumbers(seed);
    const network = inFloat32(randomGraph(random));
    const box = randomBox(random, network);
    const asked = query(boxRegion(box.lower, box.upper), misclassification(0, 2));
    const verdict = await verifyQuery(network, runtimeOf(network), asked, {
      boundOutputs: boundOutputsOf(network, rememberedCrown(network)),
      attack: { points: 4, iterations: 8, restarts: 1, evaluations: 64, seed },
      prove: proveByMip(solver),
    });
    for (const word of [verdict.verdict, `by ${verdict.by}`]) counts[word] = (counts[word] ?? 0) + 1;
    if (verdict.verdict === 'robust') {
      for (let k = 0; k < 200; k++) {
        const outputs = forward(network, randomPoint(random, box), 1);
        expect(isUnsafe(asked.unsafe, outputs), `seed ${seed}: robust, but ${outputs} is unsafe`).toBe(false);
      }
    } else if (verdict.verdict === 'unresolved') expect(hasJumps(network), `seed ${seed}: unresolved`).toBe(true);
    else expect(isUnsafe(asked.unsafe, forward(network, verdict.witness!.input, 1))).toBe(true);
  }
  if (process.env.MIPNET_FUZZ_NETWORKS !== undefined) console.log(counts);
  expect(counts['by branching']).toBeGreaterThan(0);
  expect(counts.robust).toBeGreaterThan(10);
  expect(counts.adversarial ?? 0).toBeGreaterThan(10);
});

test('the gradient of a network with branches agrees with difference quotients', () => {
  let compared = 0;
  for (let seed = 1; compared < 30; seed++) {
    const random = randomNumbers(seed);
    const network = randomGraph(random);
    if (hasJumps(network)) continue;
    const input = randomPoint(random, randomBox(random, network));
    const aim = Float64Array.of(1, -0.5);
    const value = (x: Float64Array) => forward(network, x, 1).reduce((sum, y, i) => sum + aim[i] * y, 0);
    const trace = [input, ...traceOf(network, input)];
    const gradient = backwardPass(network)(trace, aim, 1);
    for (let i = 0; i < input.length; i++) {
      const [above, below] = [1e-6, -1e-6].map((step) => value(input.with(i, input[i] + step)));
      const [right, left] = [above - value(input), value(input) - below].map((rise) => rise / 1e-6);
      // At a bend the two sides differ.
      if (Math.abs(right - left) > 1e-4 * (1 + Math.abs(right))) continue;
      expect(Math.abs(gradient[i] - right)).toBeLessThan(1e-3 * (1 + Math.abs(right)));
      compared++;
    }
  }
});
