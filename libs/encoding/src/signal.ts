import {
  combination,
  columnTimes,
  constant,
  isConstant,
  scaled,
  type LinearExpression,
  type ModelBuilder,
} from '@mipnet/mip';
import type { Shape } from '@mipnet/network';

/** One number of a layer's input or output inside a MIP: an expression over columns, with proven bounds. */
export interface Unit {
  readonly expression: LinearExpression;
  readonly lower: number;
  readonly upper: number;
  /**
   * How far the number that the ONNX runtime computes may be from the expression: rows that the unit enters are widened
   * by it. The bounds are on the computed number. @default 0
   */
  readonly error?: number;
  /**
   * Every computed number is a multiple of this power of two, exactly: which side of a jump it is on is never open.
   * @default unknown
   */
  readonly step?: number;
  /** True if its value is always one of its two bounds, which an exact product with another unknown needs. */
  readonly isTwoValued?: boolean;
  /**
   * Set if it is a sum of two-valued units, each times a factor, like p - n of a ternary activation: exact products are
   * formed term by term.
   */
  readonly parts?: { readonly units: readonly Unit[]; readonly factors: readonly number[] };
}

/** A layer's input or output for one sample: known numbers, or units of which some may still be constant. */
export type Signal =
  | { readonly kind: 'known'; readonly shape: Shape; readonly values: Float64Array }
  | { readonly kind: 'units'; readonly shape: Shape; readonly units: readonly Unit[] };

export const known = (values: Float64Array, shape: Shape = [values.length]): Signal => ({
  kind: 'known',
  shape,
  values,
});

export const constantUnit = (value: number): Unit => ({ expression: constant(value), lower: value, upper: value });

/** factor * unit + offset; two values stay two values. */
export const scaledUnit = (unit: Unit, factor: number, offset = 0): Unit => ({
  expression: scaled(unit.expression, factor, offset),
  lower: Math.min(factor * unit.lower, factor * unit.upper) + offset,
  upper: Math.max(factor * unit.lower, factor * unit.upper) + offset,
  isTwoValued: unit.isTwoValued,
});

export const columnUnit = (builder: ModelBuilder, column: number): Unit => {
  const [lower, upper] = builder.bounds(column);
  return { expression: columnTimes(column), lower, upper };
};

/** Signals without a variable left become known again: this is how frozen layers leave the model. */
export function signalOf(units: readonly Unit[], shape: Shape = [units.length]): Signal {
  return units.every(({ expression, error = 0 }) => isConstant(expression) && error === 0)
    ? known(
        Float64Array.from(units, (unit) => unit.expression.constant),
        shape,
      )
    : { kind: 'units', shape, units };
}

/** Signals one after the other, for a layer that reads several layers. */
export function joinedSignals(signals: readonly Signal[]): Signal {
  if (signals.length === 1) return signals[0];
  return signalOf(signals.flatMap(unitsOf));
}

export const unitsOf = (signal: Signal): readonly Unit[] =>
  signal.kind === 'units' ? signal.units : Array.from(signal.values, constantUnit);

/** sum of factors[i] * units[i] + offset, with interval bounds from the units' bounds. */
export function weightedSum(units: readonly Unit[], factors: ArrayLike<number>, offset: number): Unit {
  let lower = offset;
  let upper = offset;
  for (let i = 0; i < units.length; i++) {
    const factor = factors[i];
    if (factor === 0) continue;
    lower += factor > 0 ? factor * units[i].lower : factor * units[i].upper;
    upper += factor > 0 ? factor * units[i].upper : factor * units[i].lower;
  }
  return {
    expression: combination(
      units.map((unit) => unit.expression),
      factors,
      offset,
    ),
    lower,
    upper,
  };
}
