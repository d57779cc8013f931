// Tested by measure-instance.unit.test.ts.
import { ballRegion, query, targeted, type Norm, type Query, type Region } from '@mipnet/verification';
import { outputSize, type Network } from '@mipnet/network';
import type { StudyQuery } from './plan/study-schema.js';

/** One question about a network at one image: a minimum. Its query has one conjunction. */
export interface Question {
  /** `targeted l1`, `margin linf 0.02`; the same for all images. */
  readonly name: string;
  readonly image: number;
  readonly query: Query;
}

/**
 * A study's query about one image, as Fischetti & Jo 2018 (section 4.1) ask it: the target is the class (label + 5) mod
 * 10 (for n classes: label + n/2).
 *
 *     targeted:  min |x - image|   with   score_target >= factor * score_c for every other class c,   |x_i - image_i|
 *     <= reach margin:    min score_label - score_target   with   |x - image| <= radius
 *
 * both over 0 <= x <= 1.
 */
export function questionOf(
  asked: StudyQuery,
  network: Network,
  image: number,
  centre: Float64Array,
  label: number,
): Question {
  const classes = outputSize(network);
  const target = (label + Math.floor(classes / 2)) % classes;
  if (asked.ask === 'margin') {
    const region = ballRegion({ norm: asked.norm, centre, radius: asked.radius });
    const coefficients = new Float64Array(classes);
    coefficients[target] = 1;
    coefficients[label] = -1;
    return {
      name: `margin ${asked.norm} ${asked.radius}`,
      image,
      query: query(region, [[{ coefficients, constant: 0 }]]),
    };
  }
  const reach = asked.reach === 1 ? '' : ` within ${asked.reach}`;
  return {
    name: `targeted ${asked.norm}${reach}`,
    image,
    query: query(reachable(asked.norm, centre, asked.reach), targeted(target, classes, asked.factor), 'closest'),
  };
}

/** All inputs that differ from the image by at most `reach` per pixel, with a ball around it. */
function reachable(norm: Norm, centre: Float64Array, reach: number): Region {
  const { box } = ballRegion({ norm: 'linf', centre, radius: reach });
  const furthest = centre.map((value, i) => Math.max(box.upper[i] - value, value - box.lower[i]));
  const radius =
    norm === 'linf'
      ? furthest.reduce((most, one) => Math.max(most, one), 0)
      : furthest.reduce((sum, one) => sum + one, 0);
  return { box, ball: { norm, centre, radius } };
}
