// Tested by parse-vnnlib.unit.test.ts.
import { VerificationError } from '../verification-error.js';
import { expand, type Expanded } from './expand.js';
import { allOf, alternatives, type Alternative } from './formula.js';
import type { Variable } from './linear-term.js';
import { shortened, written, type Atom, type List, type SExpression } from './s-expression.js';

/** A bound from each side for 224 x 224 x 3 pixels is 301,056 of them. */
const mostConstraints = 500_000;

const notFinite = /^[+-]?(nan|inf|infinity)$/i;

/** The asserted formulas of a property, and the definitions that they use. */
export class Assertions {
  readonly #asserted: Alternative[][] = [];
  readonly #definitions = new Map<string, Expanded>();
  #constraints = 0;

  /** @param variable finds a declared variable by its name; it throws for any other name */
  constructor(private readonly variable: (name: Atom) => Variable) {}

  /** (assert formula) @throws VerificationError, with the line */
  assert(command: List): void {
    const { line } = command;
    const [, formula, more] = command.items;
    if (formula === undefined || more !== undefined)
      throw new VerificationError(
        'syntax',
        `${written(command)} has ${command.items.length - 1} operands; assert takes one`,
        { line },
      );
    const { expression } = expand(formula, { own: this.#definitions });
    const read = alternatives(expression, (name) => this.#find(name));
    this.#asserted.push(read);
    this.#constraints += read.reduce((sum, { length }) => sum + length, 0);
    if (this.#constraints > mostConstraints)
      throw new VerificationError(
        'unsupported',
        `the property has more than ${mostConstraints} constraints; write it as several files`,
        { line },
      );
  }

  /** A name for a term or a formula. */
  define(name: Atom, meaning: SExpression): void {
    if (this.#definitions.has(name.text))
      throw new VerificationError('variable', `${shortened(name.text)} is defined twice`, { line: name.line });
    this.#definitions.set(name.text, expand(meaning, { own: this.#definitions }));
  }

  /** All assertions together, in disjunctive normal form. */
  together(): Alternative[] {
    return allOf(this.#asserted, 1);
  }

  #find(name: Atom): Variable {
    if (notFinite.test(name.text))
      throw new VerificationError(
        'unsupported',
        `${name.text} is not a finite number; a bound is a decimal such as 0.25`,
        { line: name.line },
      );
    return this.variable(name);
  }
}
