import { loadHighsSolver } from '@mipnet/solver';
import { expect, test } from 'vitest';
import { soundnessCase } from './testing/soundness-case.js';

/** tools/bench/soundness.mjs makes the long version. */
const networks = 300;

test(
  'no wrong verdict and no invalid bound on random networks, against the enumeration of activation patterns',
  { timeout: 600_000 },
  async () => {
    const solver = await loadHighsSolver();
    const counts = { robust: 0, adversarial: 0, misclassified: 0, unresolved: 0 };
    let branched = 0;
    for (let seed = 0; seed < networks; seed++) {
      const { verdict, truth, jumps, faults } = await soundnessCase(solver, seed, seed % 10 === 0);
      expect(faults, `seed ${seed}`).toEqual([]);
      if (verdict.verdict === 'unresolved' && !jumps) expect(Math.abs(truth), `seed ${seed}`).toBeLessThan(1e-9);
      counts[verdict.verdict]++;
      if (verdict.by === 'branching') branched++;
    }
    expect(counts.robust).toBeGreaterThan(networks / 10);
    expect(counts.adversarial).toBeGreaterThan(networks / 10);
    expect(counts.unresolved).toBeLessThan(networks / 20);
    expect(branched).toBeGreaterThan(networks / 50);
  },
);
