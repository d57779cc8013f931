// Tested by parse-vnnlib.unit.test.ts.
import { VerificationError } from '../verification-error.js';
import { headOf, written, type Atom, type List, type SExpression } from './s-expression.js';

/** One side of an `abs` or an `ite`: where `guard` holds, the formula is `formula`. */
export interface Side {
  readonly guard: SExpression;
  readonly formula: List;
}

/** Sides double with every `abs` and `ite` of one comparison. */
const mostChoices = 12;

/**
 * A comparison whose terms contain `abs` or `ite`, as its two sides: one of the guards holds, and there the comparison
 * without it decides. Undefined for a comparison of linear terms.
 * @throws VerificationError 'syntax', or 'unsupported' for too many of them
 */
export function splitTerm(comparison: List): readonly [Side, Side] | undefined {
  const found = choicesIn(comparison);
  if (found.length === 0) return undefined;
  const { line } = comparison;
  if (found.length > mostChoices)
    throw new VerificationError(
      'unsupported',
      `${written(comparison)} has ${found.length} abs and ite; at most ${mostChoices} of them are multiplied out`,
      { line },
    );
  // The innermost ones come first, so that a guard contains none that is left.
  const [choice] = found;
  const side = (guard: SExpression, by: SExpression): Side => ({ guard, formula: replaced(comparison, choice, by) });
  const parts = choice.items.slice(1);
  if (headOf(choice) === 'abs') {
    if (parts.length !== 1) throw new VerificationError('syntax', `${written(choice)} is not (abs term)`, { line });
    const [term] = parts;
    const zero = atom('0', line);
    return [side(list(line, '>=', term, zero), term), side(list(line, '<=', term, zero), list(line, '-', term))];
  }
  if (parts.length !== 3)
    throw new VerificationError('syntax', `${written(choice)} is not (ite formula term term)`, { line });
  const [condition, then, otherwise] = parts;
  return [side(condition, then), side(list(line, 'not', condition), otherwise)];
}

const atom = (text: string, line: number): Atom => ({ kind: 'atom', text, line });
const list = (line: number, head: string, ...items: readonly SExpression[]): List => ({
  kind: 'list',
  items: [atom(head, line), ...items],
  line,
});

/** Every `abs` and `ite`, each after those that it contains. */
function choicesIn(expression: SExpression, found: List[] = []): List[] {
  if (expression.kind === 'atom') return found;
  for (const item of expression.items) choicesIn(item, found);
  const head = headOf(expression);
  if (head === 'abs' || head === 'ite') found.push(expression);
  return found;
}

/** The same term may stand at several places: it has one sign, so all are replaced. */
function replaced(expression: List, choice: List, by: SExpression): List {
  let isSame = true;
  const items = expression.items.map((item) => {
    const one = item === choice ? by : item.kind === 'list' ? replaced(item, choice, by) : item;
    isSame &&= one === item;
    return one;
  });
  return isSame ? expression : { ...expression, items };
}
