import { durationText } from '@mipnet/text/duration';

/** What stands where nothing is known. */
const none = '–';

export const percent = (share: number | null, digits = 2): string =>
  share === null ? none : `${(100 * share).toFixed(digits)}%`;

/** Six significant digits at most. */
export const number = (value: number | null): string => (value === null ? none : String(Number(value.toPrecision(6))));

/** Of a solver or a run: short ones differ in their fractions. */
export const duration = (seconds: number): string => durationText(seconds, 3);

/** (objective - bound) / |objective| of a minimisation; null until both are known. */
export const gapOf = (objective: number | null, bound: number | null): number | null =>
  objective === null || bound === null ? null : Math.max(0, objective - bound) / Math.max(1e-9, Math.abs(objective));
