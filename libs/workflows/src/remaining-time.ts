/** What a round has shown of the times of its leaves. */
export interface Pace {
  /** Seconds since it is measured. */
  readonly elapsed: number;
  /** Leaves that were solved in this time; results of earlier runs say nothing about the pace. */
  readonly ended: number;
  /** Leaves in progress. */
  readonly running: number;
  /** Leaves that have not ended, those in progress included. */
  readonly outstanding: number;
  /** Standard deviation of the leaves' times divided by their mean; undefined: not known. */
  readonly spread?: number;
  /** The longest leaf so far, seconds. */
  readonly longest?: number;
}

/** Fewer leaves than these, or seconds, say nothing. */
const fewest = { leaves: 4, seconds: 5 };
/** Leaves that are to come may differ more than those that have ended: hard ones end last. */
const leastSpread = 0.6;
/** Half the width of a range of 90%, in standard deviations. */
const deviations = 1.645;
/** The range is given once its upper end is at most this many times its middle. */
const widest = 1.9;

/**
 * How long a round will still take, seconds, as a range; undefined while too little is known. Leaves end at the rate of
 * this round so far, however many slots there are. A leaf in progress counts as half ended: without that, the first
 * leaves would promise far too long a time. The last leaf runs alone, which the upper end allows for.
 */
export function remainingTime({
  elapsed,
  ended,
  running,
  outstanding,
  spread,
  longest,
}: Pace): { readonly least: number; readonly most: number } | undefined {
  if (outstanding <= 0 || ended < fewest.leaves || elapsed < fewest.seconds) return undefined;
  const perLeaf = elapsed / (ended + running / 2);
  const middle = perLeaf * Math.max(0.5, outstanding - running / 2);
  const error = 1 + (deviations * Math.max(leastSpread, spread ?? 1)) / Math.sqrt(ended);
  if (error > widest) return undefined;
  const last = Math.min(longest ?? perLeaf, middle);
  return { least: Math.round(middle / error), most: Math.max(1, Math.round(middle * error + last / 2)) };
}
