import { describe } from 'vitest';
import { solverConformance } from '../conformance/index.js';
import { openSolver } from '../open-solver.js';
import { pythonWithSolvers } from '../testing/installed-solvers.js';

const python = await pythonWithSolvers();

describe.skipIf(python === undefined)('installed', () => {
  solverConformance('scip', () => openSolver(`scip:${python}`));
});
