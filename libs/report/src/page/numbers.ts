import { durationText } from '@mipnet/text/duration';

/** The text for an unknown value. */
export const none = '–';

export const percent = (share: number | null, digits = 2): string =>
  share === null ? none : `${(100 * share).toFixed(digits)}%`;

/** Six significant digits at most. */
export const number = (value: number | null): string => (value === null ? none : String(Number(value.toPrecision(6))));

/** Of a solver or a run: short ones differ in their fractions. */
export const duration = (seconds: number): string => durationText(seconds, 3);

/** In a column of a table, where digits stand below each other. */
export const secondsText = (seconds: number): string => seconds.toFixed(2);
