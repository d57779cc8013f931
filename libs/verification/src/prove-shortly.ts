import { excludeOutputs } from '@mipnet/branching';
import { splitNetwork } from './as-switches.js';
import { functionBounds, rememberedCrown } from './bound-outputs.js';
import { inspectionOf } from './exclude-by-branching.js';
import { fewInputs } from './few-inputs.js';
import { marginOf, withFunctions } from './margin-network.js';
import { over, type ProveOptions } from './prove-options.js';
import type { ProveQuery } from './verify-query.js';

/**
 * A few search nodes for each conjunction of one row: what holds by a little is often proven by them, and a long attack
 * on it would cost many times as much. Later steps are about what it leaves open. Steps and signs may flip and give a
 * witness. Not for questions with few inputs, which another search divides.
 */
export function proveShortly(options: Pick<ProveOptions, 'remaining' | 'stopped' | 'boundLayers'>): ProveQuery {
  return async (network, query) => {
    const { region, unsafe, goal } = query;
    const undecided = { robust: false, bound: null, points: [] };
    if (goal === 'closest' || fewInputs(region) || unsafe.some(({ length }) => length !== 1)) return undecided;
    const margins = unsafe.map(([row]) => marginOf(row));
    const known = (options.boundLayers ?? rememberedCrown(network))(region.box, () => over(options));
    if (over(options)) return undecided;
    const seen = inspectionOf(network, query);
    const { network: split, bounds: splitBounds } = splitNetwork(network, known, () => over(options));
    if (over(options)) return undecided;
    const bounds = excludeOutputs(withFunctions(split, margins), functionBounds(split, splitBounds, margins), {
      isShort: true,
      inspect: seen.inspect,
      stopped: () => over(options),
    });
    if (seen.witness !== undefined) return { ...undecided, points: [seen.witness], by: 'branching' };
    const least = (of: Float64Array) => of.reduce((low, bound) => Math.min(low, bound), Infinity);
    const bound = least(bounds);
    const left = {
      open: [...bounds.keys()].filter((k) => !(bounds[k] > 0)),
      settledBound: least(bounds.filter((one) => one > 0)),
    };
    return { robust: bound > 0, bound, points: [], by: 'branching', left };
  };
}
