// Tested by parse-vnnlib.unit.test.ts.
import { VerificationError } from '../verification-error.js';
import { linearTerm, minus, type LinearTerm, type Variable } from './linear-term.js';
import { headOf, shortened, written, type Atom, type SExpression } from './s-expression.js';

/** term >= 0 */
export interface Inequality {
  readonly term: LinearTerm;
  readonly line: number;
}

/** One way to satisfy a formula: all of the inequalities. */
export type Alternative = readonly Inequality[];

/** Properties of competitions have tens; a larger product of disjunctions needs another method. */
const mostAlternatives = 20_000;
/** Constraints of all alternatives together. */
const mostInequalities = 2 ** 25;

/**
 * The formula in disjunctive normal form, alternatives in the order of the text (the last disjunction varies fastest).
 * @throws VerificationError 'syntax' or 'unsupported', with the line
 */
export function alternatives(formula: SExpression, variable: (name: Atom) => Variable): Alternative[] {
  if (formula.kind === 'atom')
    throw new VerificationError('syntax', `'${shortened(formula.text)}' is not a constraint`, { line: formula.line });
  const { line } = formula;
  const parts = formula.items.slice(1);
  switch (headOf(formula)) {
    case '<=':
    case '>=': {
      if (parts.length !== 2)
        throw new VerificationError('syntax', `${written(formula)} compares ${parts.length} terms; give two`, { line });
      const [left, right] = parts.map((part) => linearTerm(part, variable));
      return [[{ term: headOf(formula) === '<=' ? minus(right, left) : minus(left, right), line }]];
    }
    case 'and':
    case 'or': {
      if (parts.length === 0) throw new VerificationError('syntax', `${written(formula)} is empty`, { line });
      const each = parts.map((part) => alternatives(part, variable));
      return headOf(formula) === 'or' ? each.flat() : allOf(each, line);
    }
    default:
      throw new VerificationError(
        'unsupported',
        `${written(formula)} is not a constraint; constraints are <= and >= of two terms, and, or`,
        { line },
      );
  }
}

/** Every choice of one alternative from each formula. */
export function allOf(formulas: readonly (readonly Alternative[])[], line: number): Alternative[] {
  const count = formulas.reduce((product, { length }) => product * length, 1);
  if (count > mostAlternatives) {
    throw new VerificationError(
      'unsupported',
      `the disjunctions multiply to ${count} cases, more than ${mostAlternatives}; write the property as several files`,
      { line },
    );
  }
  const longest = formulas.reduce(
    (sum, choices) => sum + choices.reduce((most, { length }) => Math.max(most, length), 0),
    0,
  );
  if (count > 1 && count * longest > mostInequalities) {
    throw new VerificationError(
      'unsupported',
      `the disjunctions multiply to ${count} cases of up to ${longest} constraints, together more ` +
        `than ${mostInequalities}; write the property as several files`,
      { line },
    );
  }
  // Formulas with one alternative are joined first: otherwise they would be copied once per alternative of the others.
  const fixed = formulas.filter(({ length }) => length === 1).flatMap(([only]) => only);
  const open = formulas.filter(({ length }) => length !== 1);
  return open.reduce<Alternative[]>(
    (sofar, choices) => sofar.flatMap((before) => choices.map((choice) => [...before, ...choice])),
    [fixed],
  );
}
