import { withUnits } from '@mipnet/bounds';
import { float32Draw, float32Point, outsideBounds } from '@mipnet/bounds/testing/float32-draw';
import { float32Trace } from '@mipnet/bounds/testing/float32-pass';
import { loadHighsSolver, type SessionSolver } from '@mipnet/solver';
import { beforeAll, expect, test } from 'vitest';
import { encodeTrained } from '../encode-trained.js';
import { lpUnits } from './lp-bounds.js';
import { tightenedBounds } from './tighten.js';

/** MIPNET_FUZZ_NETWORKS=20000 makes the long version. */
const networks = Number(process.env.MIPNET_FUZZ_NETWORKS ?? 300);

let solver: SessionSolver;
beforeAll(async () => void (solver = await loadHighsSolver()));

test(
  'float32 arithmetic in any order: LP and MIP, and a point of the model for each float32 pass',
  { timeout: 3_600_000 },
  () => {
    for (let seed = 0; seed < Math.ceil(networks / 5); seed++) {
      const { random, network, box } = float32Draw(3 * seed + 1);
      const formulation = (['big-m', 'extended', 'convex-hull', 'partition(2)'] as const)[seed % 4];
      const lp = tightenedBounds(solver, network, box, { tightening: 'lp', lp: { formulation } });
      const mip = tightenedBounds(solver, network, box, { tightening: 'mip', mip: { workLimit: 200, formulation } });
      const last = network.layers.length - 1;
      const all = [
        lp,
        mip,
        withUnits(lp, last, [0, 1], lpUnits(solver, network, lp, { layer: last, units: [0, 1] }, { formulation })),
      ];
      const { model, inputColumns, outputs, rounding } = encodeTrained(network, box, { formulation });
      const session = solver.open(model);
      for (let k = 0; k < 20; k++) {
        const point = float32Point(random, box);
        const trace = float32Trace(network, point, random);
        all.forEach((bounds, which) =>
          expect(
            outsideBounds(bounds, trace),
            `${['LP', 'MIP', 'LP on outputs'][which]}, seed ${seed}`,
          ).toBeUndefined(),
        );
        // The relaxation over this input alone reaches down to what was computed.
        inputColumns.forEach((column, i) => column >= 0 && session.setColumnBounds(column, point[i], point[i]));
        session.setObjective(outputs[0].expression);
        const { objective, status } = session.solve();
        if (model.columnCount > 0) expect(status, `seed ${seed}`).toBe('optimal');
        const computed = (trace.at(-1) as Float64Array)[0];
        if (model.columnCount > 0)
          expect((objective as number) - rounding.outputs[0], `seed ${seed}`).toBeLessThanOrEqual(
            computed + 1e-6 * (1 + Math.abs(computed)),
          );
      }
      session.close();
    }
  },
);
