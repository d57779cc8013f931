// Tested by find-witness.unit.test.ts.
import type { Random } from '@mipnet/dataset/stored';
import { project } from '../project.js';
import { isUnsafe, unsafeValue, type Conjunction, type OutputRow, type Query } from '../query.js';
import { centreOf, withoutChoices, type Region } from '../region.js';
import type { Score } from './score.js';
import { steepest } from './steepest.js';

export interface GradientAttackOptions {
  /** Points that are improved side by side. */
  readonly points: number;
  readonly iterations: number;
  /**
   * The first steps go towards random outputs: random inputs alone end in the same few local maxima (Tashiro et al.
   * 2020).
   */
  readonly warmUp: number;
  /** The slope of inactive neurons: see `backwardPass`. */
  readonly leaky: boolean;
  /** Points to begin with, before the centre and random ones. */
  readonly starts: readonly Float64Array[];
  readonly random: Random;
  /** Called with every point; true ends the attack. */
  readonly inspect: (point: Float64Array, value: number, unsafe: boolean) => boolean;
}

/**
 * Projected gradient ascent on the value of a conjunction, many points at once, each for one conjunction: first the
 * most promising ones from the centre, then the same from random points. Steps shrink like a cosine from half of the
 * region to almost zero and have momentum, as in Croce & Hein's APGD but without its checkpoints.
 */
export function gradientAttack(score: Score, query: Query, options: GradientAttackOptions): void {
  const { unsafe } = query;
  // A step is often shorter than the way to the next choice of an input: who inspects a point moves it there.
  const region = withoutChoices(query.region);
  const size = region.box.lower.length;
  const count = options.points;
  const starts = startPoints(region, options);
  const aims = aimsFrom(score, unsafe, centreOf(region), count);
  const elsewhere = aims.map(() => [randomRow(score.outputSize, options.random)]);
  const points = new Float64Array(count * size);
  starts.forEach((start, sample) => points.set(start, sample * size));
  const momentum = new Float64Array(count * size);

  for (let iteration = 0; iteration < options.iterations; iteration++) {
    const towards = iteration < options.warmUp ? elsewhere : aims;
    const pace = 0.5 * (1 + Math.cos((Math.PI * iteration) / options.iterations)) * 0.5 + 0.01;
    for (let from = 0; from < count; from += score.batch) {
      const to = Math.min(count, from + score.batch);
      const batch = points.subarray(from * size, to * size);
      const { outputs, gradient } = score.ascent(batch, to - from, towards.slice(from, to), options.leaky);
      for (let sample = 0; sample < to - from; sample++) {
        const point = batch.subarray(sample * size, (sample + 1) * size);
        const at = sample * score.outputSize;
        if (options.inspect(point, unsafeValue(unsafe, outputs, at), isUnsafe(unsafe, outputs, at))) return;
        const direction = momentum.subarray((from + sample) * size, (from + sample + 1) * size);
        accumulate(direction, gradient.subarray(sample * size, (sample + 1) * size));
        point.set(project(region, stepped(region, point, direction, pace)));
      }
    }
  }
  const outputs = score.outputs(points, count);
  for (let sample = 0; sample < count; sample++) {
    const at = sample * score.outputSize;
    if (
      options.inspect(
        points.subarray(sample * size, (sample + 1) * size),
        unsafeValue(unsafe, outputs, at),
        isUnsafe(unsafe, outputs, at),
      )
    )
      return;
  }
}

/** The given points, the centre, then in turn points in random corners and at random positions. */
function startPoints(region: Region, { points, starts, random }: GradientAttackOptions): Float64Array[] {
  const { lower, upper } = region.box;
  const list = [...starts.map((start) => project(region, start)), centreOf(region)].slice(0, points);
  while (list.length < points) {
    const corner = list.length % 2 === 0;
    list.push(
      project(
        region,
        lower.map((low, i) => low + (upper[i] - low) * (corner ? random.integer(2) : random.uniform())),
      ),
    );
  }
  return list;
}

/**
 * The conjunctions by their value at the centre, best first, as often as there are points; the best ones more often.
 */
function aimsFrom(score: Score, unsafe: readonly Conjunction[], centre: Float64Array, count: number): Conjunction[] {
  const outputs = score.outputs(centre, 1);
  const value = (conjunction: Conjunction) => unsafeValue([conjunction], outputs);
  const sorted = [...unsafe].sort((one, other) => value(other) - value(one));
  const aims: Conjunction[] = [];
  for (let width = sorted.length; aims.length < count; width = Math.max(1, Math.ceil(width / 2)))
    aims.push(...sorted.slice(0, width));
  return aims.slice(0, count);
}

const randomRow = (outputs: number, random: Random): OutputRow => ({
  coefficients: Float64Array.from({ length: outputs }, () => 2 * random.uniform() - 1),
  constant: 0,
});

/**
 * Gradients differ in length by orders of magnitude: each enters the momentum with length 1 (sum of absolute values).
 * One that is zero or overflows has no direction and is left out, so that points stay finite.
 */
function accumulate(momentum: Float64Array, gradient: Float64Array): void {
  let total = 0;
  for (let i = 0; i < gradient.length; i++) total += Math.abs(gradient[i]);
  if (total === 0 || !Number.isFinite(total)) return;
  for (let i = 0; i < gradient.length; i++) momentum[i] = 0.75 * momentum[i] + gradient[i] / total;
}

/**
 * Steepest ascent: in a box every coordinate moves, in an l2 ball as its gradient says, in an l1 ball the few that gain
 * most for their weight.
 */
function stepped({ box, ball }: Region, point: Float64Array, direction: Float64Array, pace: number): Float64Array {
  if (ball?.norm === 'l2') {
    const way = steepest(direction, ball);
    return point.map((value, i) => value + pace * 2 * ball.radius * way[i]);
  }
  if (ball?.norm !== 'l1')
    return point.map((value, i) => value + Math.sign(direction[i]) * pace * (box.upper[i] - box.lower[i]));
  const gain = direction.map((value, i) => (value === 0 ? 0 : Math.abs(value) / (ball.weights?.[i] ?? 1)));
  const few = Math.max(1, Math.round(gain.length / 40));
  const least = Math.max(gain.slice().sort()[gain.length - few], Number.MIN_VALUE);
  const share = (pace * 2 * ball.radius) / few;
  return point.map((value, i) =>
    gain[i] >= least ? value + (Math.sign(direction[i]) * share) / (ball.weights?.[i] ?? 1) : value,
  );
}
