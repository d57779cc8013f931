// Tested by fit-preset.unit.test.ts.
import type { Plan } from '@mipnet/training';
import { isTyped } from './read-plan.js';

/** Presets of images are made for MNIST and for the digits that mipnet draws: this many rows, and as many columns. */
export const presetSide = 28;

export interface Scaled {
  readonly plan: Plan;
  /** What has changed: `network.0.kernel 7 becomes 4`. */
  readonly changes: readonly string[];
}

/**
 * A preset of images for images of another size: windows keep their share of the image, and margins their share of what
 * a neuron sums up, so that about as many features are left, and errors weigh as they did. Fixed filters keep their
 * size if they fit, because an edge looks alike in all images. What the user typed stays.
 * @param inputShape [channels, rows, columns] of the images
 */
export function scalePreset(plan: Plan, [channels, rows, columns]: readonly number[], set: readonly string[]): Scaled {
  const share = Math.sqrt(rows * columns) / presetSide;
  const changes: string[] = [];
  const change = (key: string, before: number, after: number): number => {
    if (after === before || isTyped(key, set)) return before;
    changes.push(`${key} ${before} becomes ${after}`);
    return after;
  };
  const side = (key: string, before: number, least: number): number =>
    change(key, before, Math.min(rows, columns, Math.max(least, Math.round(before * share))));
  const margin = (key: string, before: number, times: number): number =>
    change(key, before, Number((before * times).toPrecision(2)));

  const network = plan.network.map((layer, at): Plan['network'][number] => {
    const key = `network.${at}`;
    if ('fixed' in layer)
      return { ...layer, kernel: change(`${key}.kernel`, layer.kernel, Math.min(rows, columns, layer.kernel)) };
    if ('conv' in layer) return { ...layer, kernel: side(`${key}.kernel`, layer.kernel, 2) };
    if (!('averagePool' in layer) && !('maxPool' in layer)) return layer;
    const own = 'averagePool' in layer ? 'averagePool' : 'maxPool';
    const sizes: readonly (readonly [string, number | undefined, number])[] = [
      [own, 'averagePool' in layer ? layer.averagePool : layer.maxPool, 1],
      ['stride', layer.stride, 1],
      ['offset', layer.offset, 0],
    ];
    const given = sizes.flatMap(([name, size, least]) =>
      size === undefined ? [] : [[name, side(`${key}.${name}`, size, least)]],
    );
    return { ...layer, ...Object.fromEntries(given) };
  });
  const trained = plan.network.findIndex((layer) => 'conv' in layer && !('fixed' in layer));
  const patch = trained < 0 ? 1 : (kernelAt(network, trained) / kernelAt(plan.network, trained)) ** 2;
  const isRaw = plan.network.every((layer) => !('conv' in layer || 'averagePool' in layer || 'maxPool' in layer));
  const pixels = isRaw ? (channels * rows * columns) / presetSide ** 2 : 1;
  return {
    plan: {
      ...plan,
      network,
      splits: plan.splits.map((split, at) => {
        if (split.name !== 'neurons') return split;
        const before = split.patch as number | undefined;
        const after = before === undefined ? undefined : side(`splits.${at}.neurons.patch`, before, 2);
        const read = before === undefined || after === undefined ? patch : (after / before) ** 2;
        return {
          ...split,
          ...(after === undefined ? {} : { patch: after }),
          margin: margin(`splits.${at}.neurons.margin`, split.margin as number, read),
        };
      }),
      objectives: plan.objectives.map((objective, at) =>
        typeof objective === 'object' && 'fit' in objective
          ? { fit: { ...objective.fit, margin: margin(`objectives.${at}.fit.margin`, objective.fit.margin, pixels) } }
          : objective,
      ),
    },
    changes,
  };
}

function kernelAt(network: Plan['network'], at: number): number {
  const layer = network[at];
  return 'conv' in layer ? layer.kernel : 1;
}
