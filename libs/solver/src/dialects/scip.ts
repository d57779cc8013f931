import { pythonDialect } from '../child/python-solver.js';

/** SCIP, through pyscipopt. A work limit ends it between two LPs. */
export const scip = pythonDialect(
  {
    name: 'scip',
    capabilities: {
      realColumns: 'exact',
      relaxation: false,
      duals: false,
      incumbents: 'points',
      work: 'LP iterations',
      deterministic: true,
      sessions: false,
    },
  },
  'pyscipopt',
);
