import { defaultSolver, openSolver, solversByName } from './open-solver.js';
import type { Solver } from './solver.js';

/** The solvers of one thread: each is opened when it is first asked for, and then kept. */
export class SolverSet {
  readonly #urls: ReadonlyMap<string, string>;
  readonly #opened = new Map<string, Promise<Solver>>();

  /** @param urls where solvers are that are not found by their names alone */
  constructor(urls: readonly string[] = []) {
    this.#urls = solversByName(urls);
  }

  /** @throws SolverError 'unknown' or 'missing' */
  async get(name: string = defaultSolver): Promise<Solver> {
    const opening = this.#opened.get(name) ?? openSolver(this.#urls.get(name) ?? name);
    this.#opened.set(name, opening);
    try {
      return await opening;
    } catch (error) {
      // It may be installed by the next time.
      this.#opened.delete(name);
      throw error;
    }
  }
}
