import { crownBounds } from '@mipnet/bounds';
import { float32Draw, float32Point, outsideBounds } from '@mipnet/bounds/testing/float32-draw';
import { float32Trace } from '@mipnet/bounds/testing/float32-pass';
import { expect, test } from 'vitest';
import { tightenUnits } from './tighten-units.js';

/** MIPNET_FUZZ_NETWORKS=20000 makes the long version. */
const networks = Number(process.env.MIPNET_FUZZ_NETWORKS ?? 200);

test('every float32 number of any pass stays in the tightened bounds, which lie in those before', () => {
  let narrower = 0;
  for (let seed = 0; seed < networks; seed++) {
    const { random, network, box } = float32Draw(seed);
    const before = crownBounds(network, box);
    const { bounds, nodes } = tightenUnits(network, before, { nodeLimit: 5 });
    if (nodes > 0) narrower += widthOf(bounds) < widthOf(before) - 1e-6 ? 1 : 0;
    expect(
      outsideBounds(
        before,
        bounds.layers.map(({ lower }) => lower),
      ),
    ).toBeUndefined();
    expect(
      outsideBounds(
        before,
        bounds.layers.map(({ upper }) => upper),
      ),
    ).toBeUndefined();
    for (let draw = 0; draw < 40; draw++) {
      const trace = float32Trace(network, float32Point(random, box), random);
      expect(outsideBounds(bounds, trace), `seed ${seed}`).toBeUndefined();
    }
  }
  expect(narrower).toBeGreaterThan(0);
});

test('keeps what is known if it is stopped', () => {
  const { network, box } = float32Draw(1);
  const before = crownBounds(network, box);
  const { bounds, nodes } = tightenUnits(network, before, { nodeLimit: 5, stopped: () => true });
  expect(nodes).toBe(0);
  expect(bounds.layers).toEqual(before.layers);
});

const widthOf = ({ layers }: ReturnType<typeof crownBounds>): number =>
  layers.reduce((sum, { lower, upper }) => sum + upper.reduce((part, high, i) => part + high - lower[i], 0), 0);
