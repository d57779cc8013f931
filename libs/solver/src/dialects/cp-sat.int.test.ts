import { ModelBuilder } from '@mipnet/mip';
import { describe, expect, test } from 'vitest';
import { solverConformance } from '../conformance/index.js';
import { knapsacks } from '../conformance/known-cases.js';
import { openSolver } from '../open-solver.js';
import { pythonWithSolvers } from '../testing/installed-solvers.js';

const python = await pythonWithSolvers();

describe.skipIf(python === undefined)('installed', () => {
  solverConformance('cp-sat', () => openSolver(`cp-sat:${python}`));

  test('a start that keeps the rows is an incumbent, also if no time is left for another', async () => {
    const model = knapsacks(90, 40, 4);
    const solver = await openSolver(`cp-sat:${python}`);
    const { status, objective } = await solver.solve(model, { start: new Float64Array(90), timeLimit: 0.001 });
    expect({ status, objective }).toEqual({ status: 'feasible', objective: 0 });
    await solver.close();
  });

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
