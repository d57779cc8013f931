import { afterAll, beforeAll, describe } from 'vitest';
import type { Solver } from '../solver.js';
import { answersConformance } from './answers.js';
import { limitsConformance } from './limits.js';
import { watchingConformance } from './watching.js';

/**
 * The suite that every solver runs from a test file of its own; what it does not declare in its capabilities is not
 * asked for, or has to be refused. Needs vitest.
 * @param load gives a solver that has solved nothing yet; called some ten times, the suite closes what it loads
 */
export function solverConformance(name: string, load: () => Promise<Solver>): void {
  describe(`solver conformance: ${name}`, () => {
    let solver: Solver;
    const loaded: Solver[] = [];
    const loadOne = async (): Promise<Solver> => {
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
