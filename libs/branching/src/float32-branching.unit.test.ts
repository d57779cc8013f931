import { crownBounds } from '@mipnet/bounds';
import { float32Draw, float32Point } from '@mipnet/bounds/testing/float32-draw';
import { float32Trace } from '@mipnet/bounds/testing/float32-pass';
import { expect, test } from 'vitest';
import { branchOnSigns } from './branch-on-signs.js';
import { liveNetwork } from './live-network.js';

/** MIPNET_FUZZ_NETWORKS=20000 makes the long version. */
const networks = Number(process.env.MIPNET_FUZZ_NETWORKS ?? 300);

test('float32 arithmetic in any order stays above the bound of branching', { timeout: 600_000 }, () => {
  for (let seed = 0; seed < networks; seed++) {
    const { random, network, box } = float32Draw(seed);
    const live = liveNetwork(network, crownBounds(network, box));
    const { bound } = branchOnSigns(live, Float64Array.of(1, -1), { target: Infinity, nodeLimit: 30 });
    for (let k = 0; k < 40; k++) {
      const trace = float32Trace(network, float32Point(random, box), random);
      const [first, second] = trace.at(-1) as Float64Array;
      expect(first - second, `seed ${seed}`).toBeGreaterThanOrEqual(bound);
    }
  }
});
