// Tested by ../prove-by-mip.unit.test.ts.
import { project } from '../project.js';
import { steepest } from './steepest.js';
import { conjunctionValue, type Conjunction, type Query } from '../query.js';
import { distance, shrunk, within, type Region } from '../region.js';
import { attack } from './find-witness.js';
import type { Score } from './score.js';

/** The first step, in units of the distance; below it float32 inputs do not change. */
const leastStep = 2 ** -26;

/** From step to step, while none is accepted. */
const growth = 4;

/** Rounds of bisection between the last step that was refused and the first that was accepted. */
const bisections = 4;

/** Options of an attack on the points within a step. */
const effort = { points: 8, iterations: 16, restarts: 1, evaluations: 256 };

export interface EdgePoint {
  readonly point: Float64Array;
  /** The longest step: how much the distance may grow; for a box, a fraction of its sides. */
  readonly most: number;
  /** Of the network: see `hasJumps`. */
  readonly jumps: boolean;
  readonly stopped: () => boolean;
}

/**
 * The optimum of a MIP lies on the boundary of the unsafe set, where rounding decides, and its replay often refuses
 * it. This search moves from there into the conjunction, in growing steps until a point is accepted, then back towards
 * the boundary as far as points are accepted. A step is one of steepest ascent or, if that would leave a ridge, an
 * attack on the points nearby.
 * @param accepts replays a point
 * @returns whether any point was accepted
 */
export async function crossEdge(
  score: Score,
  query: Query,
  from: EdgePoint,
  accepts: (point: Float64Array) => Promise<boolean>,
): Promise<boolean> {
  const { region, unsafe } = query;
  const point = project(region, from.point);
  if (await accepts(point)) return true;
  const aim = nearestConjunction(unsafe, score.outputs(point, 1));
  if (aim === undefined) return false;
  const gradients = [false, true].map((leaky) => score.ascent(point, 1, [aim], leaky).gradient);
  const isWithin = async (step: number): Promise<boolean> => {
    for (const gradient of gradients)
      if (await accepts(project(region, ascended(region, point, gradient, step)))) return true;
    const { witness } = attack(score, { ...query, region: near(region, point, step), unsafe: [aim] }, from.jumps, {
      ...effort,
      starts: [point],
      stopped: from.stopped,
    });
    return witness !== undefined && accepts(witness);
  };
  let [refused, accepted] = [0, leastStep];
  while (!(await isWithin(accepted))) {
    if (accepted >= from.most || from.stopped()) return false;
    [refused, accepted] = [accepted, Math.min(from.most, growth * accepted)];
  }
  for (let round = 0; round < bisections && !from.stopped(); round++) {
    const middle = (refused + accepted) / 2;
    if (await isWithin(middle)) accepted = middle;
    else refused = middle;
  }
  return true;
}

/** The region's points within a few steps of this one, at most one step farther from the centre. */
function near(region: Region, point: Float64Array, step: number): Region {
  const nearby = upToStep(region, point, step);
  const { box, ball } = nearby;
  const reach = (i: number): number =>
    4 * step * (ball === undefined ? box.upper[i] - box.lower[i] : 1 / (ball.weights?.[i] ?? 1));
  return within(nearby, {
    lower: point.map((value, i) => Math.max(box.lower[i], value - reach(i))),
    upper: point.map((value, i) => Math.min(box.upper[i], value + reach(i))),
  });
}

const upToStep = (region: Region, point: Float64Array, step: number): Region =>
  region.ball === undefined
    ? region
    : shrunk(region, Math.min(region.ball.radius, distance(region.ball, point) + step));

/** The conjunction that needs the least change of the outputs. */
function nearestConjunction(unsafe: readonly Conjunction[], outputs: Float64Array): Conjunction | undefined {
  const values = unsafe.map((conjunction) => conjunctionValue(conjunction, outputs));
  return unsafe[values.indexOf(Math.max(...values))];
}

/** The point of the steepest ascent whose distance from the centre is larger by at most `step`. */
function ascended({ box, ball }: Region, point: Float64Array, gradient: Float64Array, step: number): Float64Array {
  const weight = (i: number): number => ball?.weights?.[i] ?? 1;
  if (ball === undefined)
    return point.map((value, i) => value + Math.sign(gradient[i]) * step * (box.upper[i] - box.lower[i]));
  if (ball.norm === 'linf') return point.map((value, i) => value + (Math.sign(gradient[i]) * step) / weight(i));
  if (ball.norm === 'l2') {
    const way = steepest(gradient, ball);
    return point.map((value, i) => value + step * way[i]);
  }
  // l1: the input that gains most for its weight moves first, as far as the box lets it.
  const moved = point.slice();
  const order = [...gradient.keys()].sort(
    (i, j) => Math.abs(gradient[j]) / weight(j) - Math.abs(gradient[i]) / weight(i),
  );
  for (let left = step, k = 0; left > 0 && k < order.length; k++) {
    const i = order[k];
    if (gradient[i] === 0 || weight(i) === Infinity) continue;
    const room = gradient[i] > 0 ? box.upper[i] - point[i] : point[i] - box.lower[i];
    const way = Math.min(room, left / weight(i));
    moved[i] += Math.sign(gradient[i]) * way;
    left -= way * weight(i);
  }
  return moved;
}
