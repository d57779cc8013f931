// Tested by cp-sat.int.test.ts.
import type { Model } from '@mipnet/mip';
import { pythonDialect } from '../child/python-solver.js';
import { integerRelaxation } from '../integer-relaxation.js';
import { rowsFrom, withRows } from '../rows.js';
import type { SolveOptions } from '../solve.js';

/** Relative rounding error of a printed bound. */
const roundOff = 1e-9;

/**
 * CP-SAT of OR-Tools, with one worker. It has integers only: a real column becomes a grid
 * (integer-relaxation.ts), and bounds stay valid. Made for models whose columns are integers.
 */
export const cpSat = pythonDialect(
  {
    name: 'cp-sat',
    capabilities: {
      realColumns: 'grid',
      relaxation: false,
      duals: false,
      incumbents: 'points',
      work: 'thousandths of a deterministic second',
      deterministic: true,
      sessions: false,
    },
    translate: (given, options) => {
      const { model, toPoint, fromPoint, objective, slack } = integerRelaxation(belowCutoff(given, options), 'cp-sat');
      return {
        model,
        objective,
        start: options.start && fromPoint(options.start),
        toPoint,
        toBound: (bound) => bound - slack - roundOff * Math.max(1, Math.abs(bound)),
      };
    },
  },
  'ortools',
);

/** The cutoff as a row: it has no other. */
function belowCutoff(model: Model, { cutoff }: SolveOptions): Model {
  if (cutoff === undefined) return model;
  const indices = Array.from(model.cost.keys()).filter((j) => model.cost[j] !== 0);
  const values = indices.map((j) => model.cost[j]);
  return withRows(model, rowsFrom([{ lower: -Infinity, upper: cutoff - model.offset, indices, values }]));
}
