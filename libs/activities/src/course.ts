// Tested by course.unit.test.ts.
import { createHash } from 'node:crypto';
import { getSealed, ObjectStoreError, putSealed, type ObjectStore } from '@mipnet/object-store';
import type { SlotTime, Solved } from '@mipnet/recursion';
import type { SolveProgress } from '@mipnet/solver';

/** What a solve knew at one moment. */
export interface CoursePoint {
  /** Since its beginning. */
  readonly seconds: number;
  readonly objective: number | null;
  readonly bound: number | null;
}

/** Most points of a course; of more, every other one is dropped. */
const mostPoints = 100;
/** Shorter solves have no course: there would be one object in the store per leaf, and nothing to see. */
const leastSeconds = 1;

/** Notes incumbent and bound of the first objective while a leaf is solved: a limited number of points. */
export class CourseRecorder {
  #points: CoursePoint[] = [];
  /** Seconds between two points, at least. */
  #step = 0.05;

  /** @param from milliseconds since 1970 */
  constructor(
    readonly from: number,
    private readonly now: () => number = Date.now,
  ) {}

  add({ stage = 0, objective, bound }: Pick<SolveProgress, 'stage' | 'objective' | 'bound'>): void {
    const last = this.#points.at(-1);
    if (stage > 0 || (objective === null && bound === null)) return;
    if (last?.objective === objective && last.bound === bound) return;
    const seconds = (this.now() - this.from) / 1000;
    // Points that are closer than a step replace each other.
    const before = this.#points.at(-2);
    if (before !== undefined && seconds - before.seconds < this.#step) this.#points.pop();
    this.#points.push({ seconds, objective, bound });
    if (this.#points.length < mostPoints) return;
    this.#points = this.#points.filter((_, at) => at % 2 === 0);
    this.#step *= 2;
  }

  /** All points, the last one with the certified result. @param to milliseconds since 1970 */
  end(to: number, { objective, bound }: Pick<Solved, 'objective' | 'bound'>): readonly CoursePoint[] {
    return [...this.#points, { seconds: (to - this.from) / 1000, objective, bound }];
  }
}

/** Writes the course of a solve of a second or longer. A report is not worth a failed leaf: errors are ignored. */
export async function putCourse(store: ObjectStore, slot: SlotTime, points: readonly CoursePoint[]): Promise<void> {
  if (points.length < 2 || slot.to - slot.from < 1000 * leastSeconds) return;
  await putSealed(store, keyOf(slot), points).catch(() => undefined);
}

/** undefined for a solve without a course. */
export async function getCourse(store: ObjectStore, slot: SlotTime): Promise<readonly CoursePoint[] | undefined> {
  if (slot.to - slot.from < 1000 * leastSeconds) return undefined;
  try {
    return await getSealed<readonly CoursePoint[]>(store, keyOf(slot));
  } catch (error) {
    if (error instanceof ObjectStoreError && (error.code === 'missing' || error.code === 'damaged')) return undefined;
    throw error;
  }
}

/** A slot solves one leaf at a time, so its name and the time are a name of the solve. */
const keyOf = ({ name, from }: SlotTime): string =>
  `courses/${createHash('sha256').update(`${name} ${from}`).digest('hex')}`;
