import { seededRandom } from '@mipnet/dataset';
import { forward, type Network } from '@mipnet/network';
import { openSolver, sessionsOf, type Solver } from '@mipnet/solver';
import { hasDebianProgram, highsProgram, pythonWithSolvers } from '@mipnet/solver/testing/installed-solvers';
import { describe, expect, test } from 'vitest';
import { misclassification } from './misclassification.js';
import { proveByMip } from './prove-by-mip.js';
import { isUnsafe, query, unsafeValue } from './query.js';
import { ballRegion } from './region.js';

// The MIPs of proofs by every solver that is installed: what it excludes, no point of a fine grid contradicts.

const python = await pythonWithSolvers();
const solvers: readonly (readonly [name: string, there: boolean, url: () => string])[] = [
  ['cbc', hasDebianProgram('cbc', 'coinor-cbc'), () => 'cbc'],
  ['highs-native', python !== undefined, () => `highs-native:${highsProgram(python!)}`],
  ['scip', python !== undefined, () => `scip:${python}`],
  ['cp-sat', python !== undefined, () => `cp-sat:${python}`],
  ['gurobi', python !== undefined, () => `gurobi:${python}`],
];

/** Two inputs, three relus, three scores; weights in halves. */
function networkOf(seed: number): Network {
  const random = seededRandom(seed, 'other-solvers');
  const dense = (inputs: number, outputs: number) => ({
    kind: 'dense' as const,
    inputs,
    outputs,
    weights: Float64Array.from({ length: inputs * outputs }, () => (random.integer(9) - 4) / 2),
    bias: Float64Array.from({ length: outputs }, () => (random.integer(9) - 4) / 2),
  });
  return {
    inputShape: [2],
    layers: [dense(2, 3), { kind: 'activation', activation: 'relu' }, dense(3, 3)],
  };
}

const centre = Float64Array.of(0.5, 0.25);
const along = Array.from({ length: 33 }, (_, k) => k / 32 - 0.5);
const grid = along.flatMap((x) => along.map((y) => Float64Array.of(0.5 + x, Math.max(0, 0.25 + y))));

describe.each(solvers)('proofs by %s', (_, there, url) => {
  test.skipIf(!there)('agree with HiGHS and with every point of a grid', async () => {
    const solver: Solver = await openSolver(url());
    const sessions = await sessionsOf(solver);
    let solves = 0;
    const mip = {
      solve: (...asked: Parameters<Solver['solve']>) => {
        solves++;
        return solver.solve(...asked);
      },
    };
    const verdicts: boolean[] = [];
    try {
      for (let seed = 0; seed < 12; seed++) {
        const network = networkOf(seed);
        const asked = query(ballRegion({ norm: 'linf', centre, radius: 0.5 }), misclassification(seed % 3, 3));
        const options = { branching: false, tightening: 'crown' } as const;
        const own = await proveByMip(sessions, options)(network, asked, centre);
        const other = await proveByMip(sessions, { ...options, mip })(network, asked, centre);
        expect(other.robust).toBe(own.robust);
        const outputs = grid.map((point) => forward(network, point, 1));
        if (other.robust) expect(outputs.some((output) => isUnsafe(asked.unsafe, output))).toBe(false);
        const least = Math.min(...outputs.map((output) => -unsafeValue(asked.unsafe, output)));
        if (other.bound !== null) expect(other.bound).toBeLessThanOrEqual(least);
        verdicts.push(other.robust);
      }
    } finally {
      await solver.close();
    }
    expect(solves).toBeGreaterThan(0);
    expect(verdicts).toContain(false);
  });
});
