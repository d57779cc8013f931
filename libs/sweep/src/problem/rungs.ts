import type { Halving } from '../spec/sweep-schema.js';
import type { Rungs } from './sweep-problem.js';

/** Up to so many settings are all trained in full, unless the sweep says otherwise. */
const fewSettings = 8;
const usualFactor = 3;
const mostRungs = 4;
/** Fewer training rows than these say too little about a setting. */
const fewestRows = 50;

/**
 * Successive halving (Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization",
 * 2016): of n settings, a rung with 1/factor of the next one's rows (or limits) keeps ceil(n / factor). By default
 * there are as many rungs as it takes to come down to `factor` settings, at most 4, and only those with 50 training
 * rows or more.
 * @param rows of the smallest training
 */
export function rungsOf(halving: Halving | undefined, settings: number, rows: number): Rungs {
  if (halving === 'none' || (halving === undefined && settings <= fewSettings))
    return { by: 'rows', factor: usualFactor, scales: [1] };
  const { by = 'rows', factor = usualFactor, rounds } = halving ?? {};
  const enough = 1 + Math.floor(Math.log(settings) / Math.log(factor) + 1e-9);
  const byRows =
    by === 'rows' ? 1 + Math.max(0, Math.floor(Math.log(rows / fewestRows) / Math.log(factor) + 1e-9)) : mostRungs;
  const count = rounds ?? Math.max(1, Math.min(enough, mostRungs, byRows));
  return { by, factor, scales: Array.from({ length: count }, (_, at) => factor ** (at + 1 - count)) };
}

/** How many of `settings` a rung keeps. */
export const keptOf = (settings: number, factor: number): number => Math.max(1, Math.ceil(settings / factor - 1e-9));
