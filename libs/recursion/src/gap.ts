/** Relative gap of a minimisation, (objective - bound) / |objective|; null until an incumbent and a bound are known. */
export function relativeGap(objective: number | null, bound: number | null): number | null {
  if (objective === null || bound === null) return null;
  return (objective - bound) / Math.max(1e-9, Math.abs(objective));
}
