/** What stands where nothing is known. */
const none = '–';

export const percent = (share: number | null, digits = 2): string =>
  share === null ? none : `${(100 * share).toFixed(digits)}%`;

/** Six significant digits at most. */
export const number = (value: number | null): string => (value === null ? none : String(Number(value.toPrecision(6))));

export const duration = (seconds: number): string => {
  if (seconds < 120) return `${Number(seconds.toPrecision(3))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

/** (objective - bound) / |objective| of a minimisation; null until both are known. */
export const gapOf = (objective: number | null, bound: number | null): number | null =>
  objective === null || bound === null ? null : Math.max(0, objective - bound) / Math.max(1e-9, Math.abs(objective));
