// Tested by parse-vnnlib.unit.test.ts.
import { VerificationError } from '../verification-error.js';
import { headOf, shortened, written, type Atom, type SExpression } from './s-expression.js';

export interface Variable {
  readonly kind: 'X' | 'Y';
  readonly index: number;
}

/** sum of inputs[i] * X_i + sum of outputs[j] * Y_j + constant. */
export interface LinearTerm {
  readonly inputs: ReadonlyMap<number, number>;
  readonly outputs: ReadonlyMap<number, number>;
  readonly constant: number;
}

// A sign is not in SMT-LIB's grammar of decimals, but every published property writes negative bounds with one.
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * Reads a number, a variable, or + - * / of terms, without products of variables. Numbers become the nearest float64.
 * @param variable finds a declared variable; it throws for any other name
 * @throws VerificationError 'syntax' or 'unsupported', with the line
 */
export function linearTerm(expression: SExpression, variable: (name: Atom) => Variable): LinearTerm {
  if (expression.kind === 'atom')
    return decimal.test(expression.text) ? number(expression) : single(variable(expression));
  const operator = headOf(expression);
  const { line } = expression;
  const [, ...rest] = expression.items;
  if (rest.length === 0 && ['+', '-', '*', '/'].includes(operator ?? ''))
    throw new VerificationError('syntax', `${written(expression)} has no operands`, { line });
  switch (operator) {
    case '+':
      return sumOf(rest, variable, () => 1);
    case '-':
      return sumOf(rest, variable, (at) => (at === 0 && rest.length > 1 ? 1 : -1));
    case '*':
      return rest
        .map((item) => linearTerm(item, variable))
        .reduce((product, term) => {
          if (isConstant(product)) return times(term, product.constant);
          if (isConstant(term)) return times(product, term.constant);
          throw new VerificationError(
            'unsupported',
            `${written(expression)} multiplies variables; only linear terms can be verified`,
            { line },
          );
        });
    case '/':
      return rest
        .map((item) => linearTerm(item, variable))
        .reduce((quotient, term) => {
          if (isConstant(term) && term.constant !== 0) return dividedBy(quotient, term.constant);
          throw new VerificationError(
            'unsupported',
            `${written(expression)} divides by ${isConstant(term) ? 'zero' : 'a variable'}; divide by other numbers`,
            { line },
          );
        });
    default:
      throw new VerificationError(
        'unsupported',
        `${written(expression)} is not a linear term; terms are numbers, X_i, Y_j, + - * / of them, abs and ite`,
        { line },
      );
  }
}

/** Each operand is added as it is read, so that a sum of n variables takes n steps. */
function sumOf(
  items: readonly SExpression[],
  variable: (name: Atom) => Variable,
  factor: (at: number) => number,
): LinearTerm {
  const inputs = new Map<number, number>();
  const outputs = new Map<number, number>();
  let constant = 0;
  items.forEach((item, at) => {
    const term = linearTerm(item, variable);
    addTo(inputs, term.inputs, factor(at));
    addTo(outputs, term.outputs, factor(at));
    constant += factor(at) * term.constant;
  });
  return { inputs: withoutZeros(inputs), outputs: withoutZeros(outputs), constant };
}

const isConstant = (term: LinearTerm): boolean => term.inputs.size === 0 && term.outputs.size === 0;

/** one - other; variables that cancel disappear. */
export function minus(one: LinearTerm, other: LinearTerm): LinearTerm {
  const difference = (a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>): ReadonlyMap<number, number> => {
    if (b.size === 0) return a;
    const terms = new Map(a);
    addTo(terms, b, -1);
    return withoutZeros(terms);
  };
  return {
    inputs: difference(one.inputs, other.inputs),
    outputs: difference(one.outputs, other.outputs),
    constant: one.constant - other.constant,
  };
}

function addTo(terms: Map<number, number>, others: ReadonlyMap<number, number>, factor: number): void {
  for (const [index, value] of others) terms.set(index, (terms.get(index) ?? 0) + factor * value);
}

const times = (term: LinearTerm, factor: number): LinearTerm => mapped(term, (value) => factor * value);
const dividedBy = (term: LinearTerm, divisor: number): LinearTerm => mapped(term, (value) => value / divisor);

function mapped({ inputs, outputs, constant }: LinearTerm, change: (value: number) => number): LinearTerm {
  const each = (terms: ReadonlyMap<number, number>): ReadonlyMap<number, number> => {
    const changed = new Map<number, number>();
    for (const [index, value] of terms) changed.set(index, change(value));
    return withoutZeros(changed);
  };
  return { inputs: each(inputs), outputs: each(outputs), constant: change(constant) };
}

function withoutZeros(terms: Map<number, number>): ReadonlyMap<number, number> {
  for (const [index, value] of terms) if (value === 0) terms.delete(index);
  return terms.size === 0 ? noVariables : terms;
}

/** One shared object: a property has hundreds of thousands of terms, and most have one variable. */
const noVariables: ReadonlyMap<number, number> = new Map();

function number(atom: Atom): LinearTerm {
  const value = Number(atom.text);
  if (!Number.isFinite(value))
    throw new VerificationError('unsupported', `${shortened(atom.text)} is beyond the range of float64`, {
      line: atom.line,
    });
  return { inputs: noVariables, outputs: noVariables, constant: value };
}

const single = ({ kind, index }: Variable): LinearTerm => ({
  inputs: kind === 'X' ? new Map([[index, 1]]) : noVariables,
  outputs: kind === 'Y' ? new Map([[index, 1]]) : noVariables,
  constant: 0,
});
