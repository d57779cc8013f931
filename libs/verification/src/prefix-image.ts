// Tested by behind-prefix.unit.test.ts.
import { intervalBounds, quotientError, roundOff } from '@mipnet/bounds';
import { choiceAt, countOf, type Choices } from '@mipnet/encoding';
import { forward, type Network, type Quantize } from '@mipnet/network';
import { chosen } from './chosen.js';
import type { PrefixedNetwork } from './prefix.js';
import { middleOf, type Region } from './region.js';

/** Inputs with more choices are taken to have all levels, or all numbers, between the ends. */
const mostChoices = 1024;

/**
 * All that the ONNX runtime may compute from a region's inputs in the prefix of a network: a region of the rest's
 * inputs. Every input has its own image, because the prefix computes each number from one input alone.
 *
 *     an interval, no rounding to levels      an interval
 *     an interval, rounded to levels          the levels between the images of its ends
 *     choices                                 the images of the choices
 *     a group                                 a group
 *
 * Wherever the runtime's rounding may decide between two levels, both belong to the image.
 */
export function imageOfRegion({ prefix, levels }: PrefixedNetwork, region: Region): Region {
  const bounds = intervalBounds(prefix, region.box);
  const { lower, upper } = bounds.layers.at(-1)!;
  const steps = bounds.rounding?.at(-1)?.steps ?? new Float64Array(lower.length);
  const errors = lower.map((low, i) => {
    const size = Math.max(Math.abs(low), Math.abs(upper[i]));
    const layer = prefix.layers.at(-1) as Quantize;
    return levels === undefined || steps[i] > 0 ? 0 : quotientError(layer) * size + roundOff(2, size);
  });
  const listed = imagesOfChoices(prefix, region);
  const choices = Array.from(lower, (low, i): Choices | null => {
    if (levels === undefined) return listed[i] && fromIntervals(listed[i]);
    const whole = { from: [levelAbove(low, levels)], to: [levelBelow(upper[i], levels)] };
    const own = listed[i]
      ? {
          from: listed[i].lower.map((a) => levelAbove(a, levels)),
          to: listed[i].upper.map((b) => levelBelow(b, levels)),
        }
      : whole;
    return { ...fromLevels(own, levels), error: errors[i] };
  });
  const groups = region.groups?.filter(({ inputs }) => inputs.every((i) => choices[i] && countOf(choices[i]) === 2));
  const end = (at: 0 | 1, i: number, otherwise: number): number => {
    const own = choices[i];
    if (!own) return otherwise;
    const error = own.error ?? 0;
    return at === 0 ? choiceAt(own, 0) - error : choiceAt(own, countOf(own) - 1) + error;
  };
  const image: Region = {
    box: { lower: lower.map((low, i) => end(0, i, low)), upper: upper.map((high, i) => end(1, i, high)), steps },
    choices,
    groups,
  };
  const middle = middleOf(region);
  return middle === undefined ? image : { ...image, centre: nearestIn(image, forward(prefix, middle, 1)) };
}

const nearestIn = (region: Region, point: Float64Array): Float64Array =>
  chosen(
    region,
    point.map((value, i) => Math.min(region.box.upper[i], Math.max(region.box.lower[i], value))),
  );

// Bounds differ from a level by roundings of far less than half a level, and never exclude it.
const levelAbove = (lower: number, levels: number): number => Math.floor(lower * levels + 0.5);
const levelBelow = (upper: number, levels: number): number => Math.ceil(upper * levels - 0.5);

/** Intervals, ascending. */
interface Images {
  readonly lower: number[];
  readonly upper: number[];
}

/** The images of the choices of every input; null for inputs without, or with too many. */
function imagesOfChoices(prefix: Network, { box, choices }: Region): readonly (Images | null)[] {
  const own = Array.from(box.lower, (low, i): Choices | null =>
    low === box.upper[i] ? { values: Float64Array.of(low) } : (choices?.[i] ?? null),
  ).map((one) => (one !== null && countOf(one) <= mostChoices ? one : null));
  const most = own.reduce((count, one) => Math.max(count, one === null ? 0 : countOf(one)), 0);
  const images = own.map((one): Images | null => one && { lower: [], upper: [] });
  for (let at = 0; at < most; at++) {
    const point = box.lower.map((low, i) => (own[i] ? choiceAt(own[i], Math.min(at, countOf(own[i]) - 1)) : low));
    const { lower, upper } = intervalBounds(prefix, { lower: point, upper: point }).layers.at(-1)!;
    own.forEach((one, i) => {
      if (one === null || at >= countOf(one)) return;
      images[i]!.lower.push(lower[i]);
      images[i]!.upper.push(upper[i]);
    });
  }
  return images;
}

/** Each interval as its middle, up to half its width. */
function fromIntervals({ lower, upper }: Images): Choices {
  const middles = lower.map((low, k) => low + (upper[k] - low) / 2);
  const error = middles.reduce((most, value, k) => Math.max(most, value - lower[k], upper[k] - value), 0);
  const values = Float64Array.from(new Set(middles)).sort();
  return { values, error: error * (1 + 2 ** -40) };
}

/** All levels of some ranges. */
function fromLevels({ from, to }: { readonly from: number[]; readonly to: number[] }, per: number): Choices {
  const found = new Set<number>();
  const [first, last] = [Math.min(...from), Math.max(...to)];
  for (let k = 0; k < from.length && found.size <= last - first; k++)
    for (let level = from[k]; level <= to[k]; level++) found.add(level);
  const levels = [...found].sort((one, other) => one - other);
  return levels.length === last - first + 1
    ? { first, count: levels.length, per }
    : { values: Float64Array.from(levels, (level) => level / per) };
}
