import { afterAll, beforeAll, describe } from 'vitest';
import type { AsyncSolver } from '../async-solver.js';
import { answersConformance } from './answers.js';
import { limitsConformance } from './limits.js';
import { watchingConformance } from './watching.js';

/**
 * The suite that every solver runs from a test file of its own; what it does not declare in its capabilities is not asked
 * for, or has to be refused. Needs vitest.
 * @param load gives a solver that has solved nothing yet; called some ten times, the suite closes what it loads
 */
export function solverConformance(name: string, load: () => Promise<AsyncSolver>): void {
  describe(`solver conformance: ${name}`, () => {
    let solver: AsyncSolver;
    const loaded: AsyncSolver[] = [];
    const loadOne = async (): Promise<AsyncSolver> => {
      const one = await load();
      loaded.push(one);
      return one;
    };
    beforeAll(async () => void (solver = await loadOne()));
    afterAll(async () => void (await Promise.all(loaded.map((one) => one.close()))));
    answersConformance(() => solver);
    watchingConformance(() => solver);
    limitsConformance(() => solver, loadOne);
  });
}
