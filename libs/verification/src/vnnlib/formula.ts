// Tested by parse-vnnlib.unit.test.ts.
import { VerificationError } from '../verification-error.js';
import { linearTerm, minus, type LinearTerm, type Variable } from './linear-term.js';
import { headOf, shortened, written, type Atom, type List, type SExpression } from './s-expression.js';
import { splitTerm } from './split-term.js';

/** term >= 0 (> 0 if strict) */
export interface Inequality {
  readonly term: LinearTerm;
  readonly line: number;
  readonly strict?: true;
}

/** One way to satisfy a formula: all of the inequalities. */
export type Alternative = readonly Inequality[];

/** Properties of competitions have tens; a larger product of disjunctions needs another method. */
const mostAlternatives = 20_000;
/** Constraints of all alternatives together. */
const mostInequalities = 2 ** 25;

type Find = (name: Atom) => Variable;

/**
 * The formula in disjunctive normal form, alternatives in the order of the text (the last disjunction varies fastest).
 * `not` goes inwards to the comparisons. An equality is two inequalities, its negation two alternatives.
 * @param formula without names of its own (`expand`)
 * @throws VerificationError 'syntax' or 'unsupported', with the line
 */
export const alternatives = (formula: SExpression, variable: Find): Alternative[] => read(formula, variable, true);

/** The formula (`holds`) or its negation. */
function read(formula: SExpression, variable: Find, holds: boolean): Alternative[] {
  if (formula.kind === 'atom') return constant(formula, holds);
  const parts = formula.items.slice(1);
  const each = (some: readonly SExpression[], positive: boolean): Alternative[][] =>
    some.map((part) => read(part, variable, positive));
  const { line } = formula;
  switch (headOf(formula)) {
    case '<=':
    case '>=':
    case '<':
    case '>':
    case '=':
    case '==':
    case '!=':
    case 'distinct':
      return comparison(formula, variable, holds);
    case 'not':
      requireParts(formula, parts.length === 1, 'takes one formula');
      return read(parts[0], variable, !holds);
    case 'and':
      requireParts(formula, parts.length > 0, 'is empty');
      return holds ? allOf(each(parts, true), line) : anyOf(each(parts, false), line);
    case 'or':
      requireParts(formula, parts.length > 0, 'is empty');
      return holds ? anyOf(each(parts, true), line) : allOf(each(parts, false), line);
    case '=>': {
      requireParts(formula, parts.length > 1, 'takes a condition and what follows from it');
      const [then] = parts.slice(-1);
      const conditions = parts.slice(0, -1);
      return holds
        ? anyOf([...each(conditions, false), read(then, variable, true)], line)
        : allOf([...each(conditions, true), read(then, variable, false)], line);
    }
    case 'ite': {
      requireParts(formula, parts.length === 3, 'takes a condition and two formulas');
      const [condition, then, otherwise] = parts;
      return anyOf(
        [
          allOf([read(condition, variable, true), read(then, variable, holds)], line),
          allOf([read(condition, variable, false), read(otherwise, variable, holds)], line),
        ],
        line,
      );
    }
    default:
      throw new VerificationError(
        'unsupported',
        `${written(formula)} is not a constraint; constraints are <=, >=, <, >, = and distinct of terms, and, or, ` +
          'not, =>, ite',
        { line },
      );
  }
}

function requireParts(formula: List, isRight: boolean, what: string): void {
  if (!isRight) throw new VerificationError('syntax', `${written(formula)} ${what}`, { line: formula.line });
}

function constant({ text, line }: Atom, holds: boolean): Alternative[] {
  if (text !== 'true' && text !== 'false')
    throw new VerificationError('syntax', `'${shortened(text)}' is not a constraint`, { line });
  // An inequality that is false, so that the case that it rules out can be named with its line.
  return (text === 'true') === holds
    ? [[]]
    : [[{ term: { inputs: new Map(), outputs: new Map(), constant: -1 }, line }]];
}

function comparison(formula: List, variable: Find, holds: boolean): Alternative[] {
  const sides = splitTerm(formula);
  if (sides !== undefined) {
    return anyOf(
      sides.map(({ guard, formula: one }) =>
        allOf([read(guard, variable, true), read(one, variable, holds)], formula.line),
      ),
      formula.line,
    );
  }
  const { line } = formula;
  const operator = headOf(formula)!;
  const terms = formula.items.slice(1).map((part) => linearTerm(part, variable));
  requireParts(formula, terms.length > 1, `compares ${terms.length} terms; give two`);
  const above = (one: LinearTerm, other: LinearTerm, strict: boolean): Inequality => ({
    term: minus(one, other),
    line,
    ...(strict && { strict: true }),
  });
  const pairs = terms.slice(1).map((right, at) => [terms[at], right] as const);
  switch (operator) {
    case '=':
    case '==':
      return pairsOf(pairs, (one, other) => equal(one, other, above, holds), holds, line);
    case '!=':
    case 'distinct': {
      const all = terms.flatMap((one, at) => terms.slice(at + 1).map((other) => [one, other] as const));
      return pairsOf(all, (one, other) => equal(one, other, above, !holds), holds, line);
    }
    default: {
      const isStrict = (operator === '<' || operator === '>') === holds;
      const isGreater = (operator === '>=' || operator === '>') === holds;
      const one = (left: LinearTerm, right: LinearTerm): Alternative[] => [
        [isGreater ? above(left, right, isStrict) : above(right, left, isStrict)],
      ];
      return pairsOf(pairs, one, holds, line);
    }
  }
}

/** All pairs, or for a negation one of them. */
function pairsOf(
  pairs: readonly (readonly [LinearTerm, LinearTerm])[],
  read: (one: LinearTerm, other: LinearTerm) => Alternative[],
  holds: boolean,
  line: number,
): Alternative[] {
  const each = pairs.map(([one, other]) => read(one, other));
  return holds ? allOf(each, line) : anyOf(each, line);
}

function equal(
  one: LinearTerm,
  other: LinearTerm,
  above: (one: LinearTerm, other: LinearTerm, strict: boolean) => Inequality,
  holds: boolean,
): Alternative[] {
  return holds
    ? [[above(one, other, false), above(other, one, false)]]
    : [[above(one, other, true)], [above(other, one, true)]];
}

/** The alternatives of each formula. */
function anyOf(formulas: readonly (readonly Alternative[])[], line: number): Alternative[] {
  requireFew(
    formulas.reduce((sum, { length }) => sum + length, 0),
    line,
  );
  return formulas.flat();
}

function requireFew(count: number, line: number): void {
  if (count <= mostAlternatives) return;
  throw new VerificationError(
    'unsupported',
    `the disjunctions multiply to ${count} cases, more than ${mostAlternatives}; write the property as several files`,
    { line },
  );
}

/** Every choice of one alternative from each formula. */
export function allOf(formulas: readonly (readonly Alternative[])[], line: number): Alternative[] {
  const count = formulas.reduce((product, { length }) => product * length, 1);
  requireFew(count, line);
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
