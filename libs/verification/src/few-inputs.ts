import type { Region } from './region.js';

/** With more inputs that are not fixed, halving one of them hardly changes any bound, and samples are far apart. */
const mostInputs = 10;

/** Whether so few inputs are free that their box can be divided and sampled. */
export const fewInputs = ({ box: { lower, upper } }: Region): boolean =>
  lower.filter((low, i) => low < upper[i]).length <= mostInputs;
