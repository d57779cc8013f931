// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
/**
 * A piecewise linear function of one number: y = slopes[q] x + offsets[q] between breaks[q - 1] and breaks[q].
 * Continuous, unless `atBreak` says otherwise: it then jumps at its only break, where its value is `atBreak`.
 * `isFloor`: the largest whole number that is not above x, instead.
 */
export interface Activation {
  readonly breaks: readonly number[];
  readonly slopes: readonly number[];
  readonly offsets: readonly number[];
  readonly atBreak?: number;
  readonly isFloor?: boolean;
}

/** Whether all of [low, high] is on one piece. */
export function isDecided(f: Activation, low: number, high: number): boolean {
  const [first, last] = f.atBreak === undefined && !f.isFloor ? piecesOn(f, low, high) : imageOn(f, low, high);
  return first === last;
}

/** lower[0] x + lower[1] <= f(x) <= upper[0] x + upper[1] */
export interface Lines {
  readonly lower: [slope: number, offset: number];
  readonly upper: [slope: number, offset: number];
}

export function valueAt({ breaks, slopes, offsets, atBreak, isFloor }: Activation, x: number): number {
  if (isFloor) return Math.floor(x);
  if (atBreak !== undefined && x === breaks[0]) return atBreak;
  const q = breaks.filter((at) => at <= x).length;
  return slopes[q] * x + offsets[q];
}

/** The first and the last piece on [low, high]: one piece if they are equal. */
function piecesOn({ breaks, atBreak }: Activation, low: number, high: number): readonly [number, number] {
  let [first, last] = [0, 0];
  for (const at of breaks) {
    if (at < low || (at === low && (atBreak === undefined || high > low))) first++;
    if (at < high) last++;
  }
  // A jump at the lower end belongs to neither side.
  if (atBreak !== undefined && breaks[0] === low) return [0, 1];
  return [Math.min(first, last), last];
}

/** The least and the largest value on [low, high]: at the ends, at breaks, or beside a jump. */
export function imageOn(f: Activation, low: number, high: number): readonly [number, number] {
  const values = [valueAt(f, low), valueAt(f, high)];
  for (const at of f.breaks) if (low <= at && at <= high) values.push(valueAt(f, at));
  return [Math.min(...values), Math.max(...values)];
}

/**
 * Lines around f on [low, high]. Several pieces: the edge of the convex hull over the middle, which encloses the least
 * area. `slope`, 0..1: at a single bend, that of the line through the bend between the slopes of both pieces; at a
 * jump, 1 is the edge of the hull and 0 the flat line.
 */
export function linesOn(f: Activation, low: number, high: number, slope?: number): Lines {
  if (f.isFloor) {
    const [least, most] = imageOn(f, low, high);
    return least === most ? { lower: [0, least], upper: [0, least] } : { lower: [1, -1], upper: [1, 0] };
  }
  const [first, last] = piecesOn(f, low, high);
  const { breaks, slopes, offsets } = f;
  if (f.atBreak !== undefined) {
    const [least, most] = imageOn(f, low, high);
    const at = breaks[0];
    const rise = (slope ?? 0) * (most - least);
    if (rise === 0 || !(low < at && at < high) || least !== offsets[0] || most !== offsets[1])
      return { lower: [0, least], upper: [0, most] };
    const [up, down] = [rise / (high - at), rise / (at - low)];
    if (!(up < 1e100 && down < 1e100)) return { lower: [0, least], upper: [0, most] };
    const slack = 2 ** -48 * (Math.abs(least) + Math.abs(most) + (up + down) * Math.abs(at));
    return { lower: [up, least - up * at - slack], upper: [down, most - down * at + slack] };
  }
  if (first === last) return { lower: [slopes[first], offsets[first]], upper: [slopes[first], offsets[first]] };
  const xs = [low, ...breaks.slice(first, last), high];
  const ys = xs.map((x) => valueAt(f, x));
  const size = Math.max(...ys.map(Math.abs));
  const reach = Math.max(Math.abs(low), Math.abs(high));
  const middle = low + (high - low) / 2;
  const through = (side: 1 | -1, of: number): [number, number] => {
    const most = Math.max(...xs.map((x, c) => side * (ys[c] - of * x)));
    return [of, side * (most + 2 ** -50 * (size + Math.abs(of) * reach))];
  };
  const best = (side: 1 | -1): [number, number] => {
    let found: [number, number] = through(side, 0);
    for (let i = 0; i < xs.length; i++) {
      for (let j = i + 1; j < xs.length; j++) {
        const line = through(side, j === i + 1 ? slopes[first + i] : (ys[j] - ys[i]) / (xs[j] - xs[i]));
        if (side * (line[0] * middle + line[1]) < side * (found[0] * middle + found[1])) found = line;
      }
    }
    return found;
  };
  const lines = { lower: best(-1), upper: best(1) };
  if (slope === undefined || last !== first + 1) return lines;
  const gain = slopes[last] - slopes[first];
  const line = through(gain > 0 ? -1 : 1, slopes[first] + slope * gain);
  return gain > 0 ? { ...lines, lower: line } : { ...lines, upper: line };
}
