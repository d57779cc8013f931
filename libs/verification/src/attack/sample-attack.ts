// Tested by sample-attack.unit.test.ts.
import type { Random } from '@mipnet/dataset/stored';
import { project } from '../project.js';
import { isUnsafe, unsafeValue, type Query } from '../query.js';
import type { Score } from './score.js';

export interface SampleAttackOptions {
  readonly random: Random;
  /** Points that are drawn; half as many again are moved. */
  readonly samples: number;
  /** Called with every point; true ends the attack. */
  readonly inspect: (point: Float64Array, value: number, unsafe: boolean) => boolean;
}

/** Of so many samples, one survives. */
const perSurvivor = 200;
/** Moved copies of a survivor per round, and the rounds. */
const [copies, rounds] = [10, 10];
/** The deviation of a move in the first round, as a fraction of an input's width, and how much of it the next has. */
const [firstMove, shrink] = [0.1, 0.7];

interface Survivor {
  readonly point: Float64Array;
  readonly value: number;
}

/**
 * Draws points of the region evenly, and improves the best ones by random moves of some of their inputs. For networks
 * with few inputs: where unsafe inputs are a small part of a large box, ascents from a few points end elsewhere.
 */
export function sampleAttack(score: Score, query: Query, { random, samples, inspect }: SampleAttackOptions): void {
  const { region, unsafe } = query;
  const { lower, upper } = region.box;
  const size = lower.length;
  const batch = Math.min(score.batch, 1024);
  const points = new Float64Array(batch * size);

  /** Evaluates `count` points and hands each with its value to `take`; false if the attack has ended. */
  const evaluate = (count: number, take: (index: number, survivor: Survivor) => void, from = 0): boolean => {
    const outputs = score.outputs(points.subarray(0, count * size), count);
    for (let index = 0; index < count; index++) {
      const at = index * score.outputSize;
      const point = points.subarray(index * size, (index + 1) * size);
      const value = unsafeValue(unsafe, outputs, at);
      if (inspect(point, value, isUnsafe(unsafe, outputs, at))) return false;
      take(from + index, { point, value });
    }
    return true;
  };

  let survivors: Survivor[] = [];
  const most = Math.max(1, Math.round(samples / perSurvivor));
  const cut = (): void => void (survivors = survivors.sort((one, other) => other.value - one.value).slice(0, most));
  for (let drawn = 0; drawn < samples; drawn += batch) {
    const count = Math.min(batch, samples - drawn);
    for (let k = 0; k < count * size; k++) {
      const i = k % size;
      points[k] = lower[i] + random.uniform() * (upper[i] - lower[i]);
    }
    toRegion(query, points, count);
    const least = survivors.length < most ? -Infinity : survivors[most - 1].value;
    const keep = (_: number, { point, value }: Survivor): void => {
      if (value > least) survivors.push({ point: point.slice(), value });
    };
    if (!evaluate(count, keep)) return;
    cut();
  }

  for (let round = 0, move = firstMove; round < rounds; round++, move *= shrink) {
    const better = [...survivors];
    const keep = (index: number, { point, value }: Survivor): void => {
      const parent = Math.floor(index / copies);
      if (value > better[parent].value) better[parent] = { point: point.slice(), value };
    };
    const all = survivors.length * copies;
    for (let begun = 0; begun < all; begun += batch) {
      const count = Math.min(batch, all - begun);
      for (let k = 0; k < count * size; k++) {
        const i = k % size;
        const was = survivors[Math.floor((begun + Math.floor(k / size)) / copies)].point[i];
        const moved = random.uniform() < 0.5 ? was + move * (upper[i] - lower[i]) * random.normal() : was;
        points[k] = Math.min(upper[i], Math.max(lower[i], moved));
      }
      toRegion(query, points, count);
      if (!evaluate(count, keep, begun)) return;
    }
    survivors = better;
  }
}

/** Points that left a ball, or that lie between the choices of an input, are moved back. */
function toRegion({ region }: Query, points: Float64Array, count: number): void {
  if (region.ball === undefined && region.choices === undefined) return;
  const size = region.box.lower.length;
  for (let index = 0; index < count; index++) {
    const point = points.subarray(index * size, (index + 1) * size);
    point.set(project(region, point));
  }
}
