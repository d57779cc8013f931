/** constant + sum of values[k] * column[columns[k]]. Columns may repeat; nothing depends on their order. */
export interface LinearExpression {
  readonly constant: number;
  readonly columns: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

export const constant = (value: number): LinearExpression => ({ constant: value, columns: [], values: [] });

export const columnTimes = (column: number, factor = 1, offset = 0): LinearExpression => ({
  constant: offset,
  columns: [column],
  values: [factor],
});

export const isConstant = (expression: LinearExpression): boolean => expression.columns.length === 0;

export function scaled(expression: LinearExpression, factor: number, offset = 0): LinearExpression {
  if (factor === 0) return constant(offset);
  const values = new Float64Array(expression.values.length);
  for (let k = 0; k < values.length; k++) values[k] = expression.values[k] * factor;
  return { constant: expression.constant * factor + offset, columns: expression.columns, values };
}

/** Sum of expressions, each times its factor; terms of the same column are added up. */
export function combination(
  expressions: readonly LinearExpression[],
  factors: ArrayLike<number>,
  offset = 0,
): LinearExpression {
  const terms = new Map<number, number>();
  let sum = offset;
  for (let e = 0; e < expressions.length; e++) {
    const factor = factors[e];
    if (factor === 0) continue;
    const { constant: own, columns, values } = expressions[e];
    sum += factor * own;
    for (let k = 0; k < columns.length; k++) terms.set(columns[k], (terms.get(columns[k]) ?? 0) + factor * values[k]);
  }
  const columns = new Int32Array(terms.size);
  const values = new Float64Array(terms.size);
  let size = 0;
  for (const [column, value] of terms) {
    if (value === 0) continue;
    columns[size] = column;
    values[size++] = value;
  }
  return { constant: sum, columns: columns.subarray(0, size), values: values.subarray(0, size) };
}

export function evaluate(expression: LinearExpression, x: ArrayLike<number>): number {
  let sum = expression.constant;
  for (let k = 0; k < expression.columns.length; k++) sum += expression.values[k] * x[expression.columns[k]];
  return sum;
}
