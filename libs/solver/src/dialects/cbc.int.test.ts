import { describe } from 'vitest';
import { solverConformance } from '../conformance/index.js';
import { openSolver } from '../open-solver.js';
import { hasDebianProgram } from '../testing/installed-solvers.js';

describe.skipIf(!hasDebianProgram('cbc', 'coinor-cbc'))('installed', () => {
  solverConformance('cbc', () => openSolver('cbc:'));
});
