import { ModelBuilder } from '@mipnet/mip';
import { describe, expect, test } from 'vitest';
import { solverConformance } from '../conformance/index.js';
import { openSolver } from '../open-solver.js';
import { pythonWithSolvers } from '../testing/installed-solvers.js';

const python = await pythonWithSolvers();

describe.skipIf(python === undefined)('installed', () => {
  solverConformance('cp-sat', () => openSolver(`cp-sat:${python}`));

  test('a column without finite bounds is refused by its number', async () => {
    const builder = new ModelBuilder();
    builder.binary();
    builder.column(0, Infinity);
    const solver = await openSolver(`cp-sat:${python}`);
    await expect(solver.solve(builder.build())).rejects.toMatchObject({
      code: 'unsupported',
      blame: 'input',
      message: expect.stringContaining('column 1 reaches from 0 to Infinity'),
    });
    await solver.close();
  });
});
