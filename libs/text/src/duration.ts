/**
 * `45 s`, `2 min 5 s`, `3 h 20 min`, `4 days`.
 * @param digits significant digits of a time below a minute. @default whole seconds
 */
export function durationText(seconds: number, digits?: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return digits === undefined ? `${whole} s` : `${Number(seconds.toPrecision(digits))} s`;
  if (whole < 2 * 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return whole < 48 * 3600
    ? `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
    : `${Math.floor(whole / 86400)} days`;
}
