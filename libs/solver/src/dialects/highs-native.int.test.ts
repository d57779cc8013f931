import { describe, expect, test, vi } from 'vitest';
import { solverConformance } from '../conformance/index.js';
import { openSolver } from '../open-solver.js';
import { highsProgram, pythonWithSolvers } from '../testing/installed-solvers.js';

const python = await pythonWithSolvers();

describe.skipIf(python === undefined)('installed', () => {
  solverConformance('highs-native', () => openSolver(`highs-native:${highsProgram(python!)}`));

  test('is found in the wheel highsbox of the interpreter that MIPNET_PYTHON names', async () => {
    vi.stubEnv('MIPNET_HIGHS', '');
    vi.stubEnv('PATH', '/bin');
    vi.stubEnv('MIPNET_PYTHON', python!);
    try {
      const solver = await openSolver('highs-native');
      expect(solver.name).toMatch(/^HiGHS .* \(native\)$/);
      await solver.close();
      vi.stubEnv('MIPNET_PYTHON', '/bin/false');
      await expect(openSolver('highs-native')).rejects.toMatchObject({ code: 'missing' });
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
