import { pythonDialect } from '../child/python-solver.js';

/** Gurobi, through gurobipy. The licence of the package covers models of 2,000 columns and 2,000 rows. */
export const gurobi = pythonDialect(
  {
    name: 'gurobi',
    capabilities: {
      realColumns: 'exact',
      relaxation: true,
      duals: true,
      incumbents: 'points',
      work: 'LP iterations',
      deterministic: true,
      sessions: false,
    },
  },
  'gurobipy',
);
