import type { SolveProgress } from '@mipnet/solver';

/** A value of the incumbent, or a bound. */
export interface Found {
  readonly objective?: number;
  readonly bound?: number | null;
}

/**
 * What the solve of a training problem says while it runs: its step, and the best value and bound of the present
 * objective, whichever step found them. A solver knows neither the start before it has read it, nor the bound of the
 * relaxation.
 */
export class SolveNews {
  #step = '';
  #objective = Infinity;
  #bound = -Infinity;
  #nodes = 0;
  #work = 0;

  /**
   * @param tell gets every piece of news; undefined: nobody listens
   * @param stage index of the plan's objective
   */
  constructor(
    private readonly tell: ((progress: SolveProgress) => void) | undefined,
    private readonly stage = 0,
  ) {}

  /** @param known values that are known when the step begins: news that follow too soon may be left out */
  begin(step: string, known: Found = {}): void {
    this.#step = step;
    this.found(known);
  }

  /** Values that a step has found. */
  found({ objective, bound }: Found): void {
    this.#objective = Math.min(this.#objective, objective ?? Infinity);
    this.#bound = Math.max(this.#bound, bound ?? -Infinity);
    this.#say();
  }

  /** For `SolveOptions.onProgress`. */
  readonly ofSolver = ({ objective, bound, nodes, work }: SolveProgress): void => {
    this.#nodes = Math.max(this.#nodes, nodes);
    this.#work = Math.max(this.#work, work);
    this.found({ objective: objective ?? undefined, bound });
  };

  #say(): void {
    this.tell?.({
      step: this.#step,
      ...(this.stage === 0 ? {} : { stage: this.stage }),
      objective: Number.isFinite(this.#objective) ? this.#objective : null,
      // A bound above the incumbent is round-off.
      bound: Number.isFinite(this.#bound) ? Math.min(this.#bound, this.#objective) : null,
      nodes: this.#nodes,
      work: this.#work,
    });
  }
}
