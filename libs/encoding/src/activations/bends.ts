// Tested by bends.unit.test.ts.
import { columnTimes, combination, scaled, type LinearExpression } from '@mipnet/mip';
import { isInside, valueOf, type PiecewiseLinear } from '@mipnet/network';
import type { EncodingContext } from '../context.js';
import { named } from '../named.js';
import { constantUnit, scaledUnit, type Unit } from '../signal.js';
import { openRelu } from './open-relu.js';
import { reluBigM } from './relu-big-m.js';

/**
 * A continuous function of straight pieces, with proven L <= a <= U. Without a bend between L and U it is linear and
 * costs no binary. Otherwise one relu per bend, in any formulation: at the first bend t, with slopes m and m' around
 * it,
 *
 *     a - t = r - s,   r = max(0, a - t),   s = max(0, t - a):   y = f(t) - m s + m' r
 *
 * and each further bend t_k, where the slope grows by d_k, is a relu of what the bend before it leaves,
 * r' - (t_k - t') = r_k - s_k, and adds d_k r_k. The part between two bends is at most their distance, and zero before
 * the first one: r' - r_k <= (t_k - t') z'.
 *
 *     relu:  y = r        leaky relu:  y = r - slope s        |a|:  y = r + s        clip:  y = low + r - r_2
 *
 * With these rows several bends of one input are ideal: the incremental formulation (Markowitz & Manne 1957; Vielma
 * 2015, section 5).
 */
export function bends(context: EncodingContext, f: PiecewiseLinear, a: Unit): Unit {
  const open = f.breaks.flatMap((_, k) => (isInside(f, k, a.lower, a.upper) ? [k] : []));
  if (open.length === 0) return onPiece(context, f, a);
  const { builder } = context;
  const [first, ...others] = open;
  const start = f.breaks[first].at;
  const { y: r, s, z } = openRelu(context, shifted(a, start));
  if (isRelu(f)) return { expression: columnTimes(r), lower: 0, upper: a.upper };
  const columns = [columnTimes(r), columnTimes(s)];
  const factors = [f.pieces[first + 1].slope, -f.pieces[first].slope];
  let before: LinearExpression = columnTimes(r);
  let allowed = z;
  let reached = 0;
  for (const k of others) {
    const distance = f.breaks[k].at - start;
    const rest = reluBigM(context, {
      expression: scaled(before, 1, -(distance - reached)),
      lower: -(distance - reached),
      upper: a.upper - start - distance,
    });
    builder.rowOf(-Infinity, [before, columnTimes(rest.y), columnTimes(allowed)], [1, -1, -(distance - reached)], 0);
    columns.push(columnTimes(rest.y));
    factors.push(f.pieces[k + 1].slope - f.pieces[k].slope);
    [before, allowed, reached] = [columnTimes(rest.y), rest.z, distance];
  }
  const used = factors.map((factor, i) => [columns[i], factor] as const).filter(([, factor]) => factor !== 0);
  const constant = valueOf(f.pieces[first + 1], start);
  return {
    expression: combination(
      used.map(([column]) => column),
      used.map(([, factor]) => factor),
      constant,
    ),
    ...rangeOf(f, open, a),
  };
}

/** What most networks have: they get by without the arrays. */
const isRelu = ({ breaks, pieces: [below, above] }: PiecewiseLinear): boolean =>
  breaks.length === 1 &&
  breaks[0].at === 0 &&
  below.slope === 0 &&
  below.offset === 0 &&
  above.slope === 1 &&
  above.offset === 0;

function onPiece(context: EncodingContext, f: PiecewiseLinear, a: Unit): Unit {
  const { slope, offset } = f.pieces[pieceOf(f, a)];
  if (slope === 0) return constantUnit(offset);
  const unit = named(context, a);
  return slope === 1 && offset === 0 ? unit : scaledUnit(unit, slope, offset);
}

/** If no bend lies inside [L, U], the piece above L; for a bend at U, the piece below it. */
const pieceOf = ({ breaks }: PiecewiseLinear, { lower }: Unit): number =>
  breaks.reduce((piece, { at }) => piece + (at <= lower ? 1 : 0), 0);

function shifted(a: Unit, by: number): Unit {
  if (by === 0) return a;
  const { expression, lower, upper, error } = a;
  return { expression: scaled(expression, 1, -by), lower: lower - by, upper: upper - by, error };
}

/** From the values at both ends and at the bends between them. */
function rangeOf(f: PiecewiseLinear, open: readonly number[], a: Unit): { lower: number; upper: number } {
  const values = [
    valueOf(f.pieces[open[0]], a.lower),
    ...open.map((k) => valueOf(f.pieces[k + 1], f.breaks[k].at)),
    valueOf(f.pieces[open[open.length - 1] + 1], a.upper),
  ];
  return { lower: Math.min(...values), upper: Math.max(...values) };
}
