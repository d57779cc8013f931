import { VerificationError } from '../verification-error.js';
import { headOf, written, type Atom, type SExpression } from './s-expression.js';

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
 * Reads a number, a variable, or + - * of terms where no two variables are multiplied. Decimals become the nearest float64.
 * @param variable finds a declared variable; it throws for any other name
 * @throws VerificationError 'syntax' or 'unsupported', with the line
 */
export function linearTerm(expression: SExpression, variable: (name: Atom) => Variable): LinearTerm {
  if (expression.kind === 'atom') return decimal.test(expression.text) ? number(expression) : single(variable(expression));
  const operator = headOf(expression);
  const { line } = expression;
  const operands = () => {
    if (expression.items.length < 2) throw new VerificationError('syntax', `${written(expression)} has no operands`, { line });
    return expression.items.slice(1).map((item) => linearTerm(item, variable));
  };
  switch (operator) {
    case '+':
      return operands().reduce((sum, term) => plus(sum, term, 1));
    case '-': {
      const [first, ...rest] = operands();
      return rest.length === 0 ? times(first, -1) : rest.reduce((difference, term) => plus(difference, term, -1), first);
    }
    case '*':
      return operands().reduce((product, term) => {
        if (isConstant(product)) return times(term, product.constant);
        if (isConstant(term)) return times(product, term.constant);
        throw new VerificationError('unsupported', `${written(expression)} multiplies variables; only linear terms can be verified`, { line });
      });
    default:
      throw new VerificationError('unsupported', `${written(expression)} is not a linear term; terms are numbers, X_i, Y_j and + - * of them`, { line });
  }
}

export const isConstant = (term: LinearTerm): boolean => term.inputs.size === 0 && term.outputs.size === 0;

/** one + factor * other; variables that cancel disappear. */
export function plus(one: LinearTerm, other: LinearTerm, factor: number): LinearTerm {
  const sum = (a: ReadonlyMap<number, number>, b: ReadonlyMap<number, number>) => {
    const terms = new Map(a);
    for (const [index, value] of b) terms.set(index, (terms.get(index) ?? 0) + factor * value);
    return withoutZeros(terms);
  };
  return { inputs: sum(one.inputs, other.inputs), outputs: sum(one.outputs, other.outputs), constant: one.constant + factor * other.constant };
}

function times(term: LinearTerm, factor: number): LinearTerm {
  const product = (terms: ReadonlyMap<number, number>) => withoutZeros(new Map([...terms].map(([index, value]) => [index, factor * value])));
  return { inputs: product(term.inputs), outputs: product(term.outputs), constant: factor * term.constant };
}

function withoutZeros(terms: Map<number, number>): Map<number, number> {
  for (const [index, value] of terms) if (value === 0) terms.delete(index);
  return terms;
}

function number(atom: Atom): LinearTerm {
  const value = Number(atom.text);
  if (!Number.isFinite(value)) throw new VerificationError('unsupported', `${atom.text} is beyond the range of float64`, { line: atom.line });
  return { inputs: new Map(), outputs: new Map(), constant: value };
}

const single = ({ kind, index }: Variable): LinearTerm => ({
  inputs: new Map(kind === 'X' ? [[index, 1]] : []),
  outputs: new Map(kind === 'Y' ? [[index, 1]] : []),
  constant: 0,
});
