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

/** `2 to 4 min`, `40 to 70 s`, `about 3 h 20 min` if both ends are nearly the same. Seconds. */
export function rangeText({ least, most }: { readonly least: number; readonly most: number }): string {
  if (most < 1.25 * least) return `about ${durationText((least + most) / 2)}`;
  const [unit, name] =
    most < 90 ? [1, 's'] : most < 2 * 3600 ? [60, 'min'] : most < 48 * 3600 ? [3600, 'h'] : [86400, 'days'];
  const [from, to] = [Math.floor(least / unit), Math.ceil(most / unit)];
  return from === 0 ? `less than ${to} ${name}` : `${from} to ${to} ${name}`;
}
