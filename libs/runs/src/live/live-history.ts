// Tested by live-history.unit.test.ts.
import type { LivePoint } from '@mipnet/report';
import type { Progress } from '@mipnet/workflows';

/** Most points; of more, every other one is dropped. */
const mostPoints = 300;

/** The progress of a run as points of curves: a limited number, spread over its whole time. */
export class LiveHistory {
  #points: LivePoint[] = [];
  /** Seconds between two points, at least. */
  #step = 1;

  /** @param began when the run began, milliseconds since 1970 */
  constructor(private readonly began: number) {}

  get points(): readonly LivePoint[] {
    return this.#points;
  }

  /** @param now milliseconds since 1970 */
  add({ solved, objective, covers, bound, accuracy }: Progress, now: number): void {
    const seconds = (now - this.began) / 1000;
    const before = this.#points.at(-2);
    if (before !== undefined && seconds - before.seconds < this.#step) this.#points.pop();
    // The objective of some parts is not that of others: it makes no curve.
    const whole = covers === undefined;
    this.#points.push({
      seconds,
      solved,
      objective: whole ? objective : null,
      bound: whole ? bound : null,
      ...accuracy,
    });
    if (this.#points.length < mostPoints) return;
    this.#points = this.#points.filter((_, at) => at % 2 === 0);
    this.#step *= 2;
  }
}
