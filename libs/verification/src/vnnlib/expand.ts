// Tested by parse-vnnlib.unit.test.ts.
import { VerificationError } from '../verification-error.js';
import {
  headOf,
  mostNested,
  mostParts,
  shortened,
  written,
  type Atom,
  type List,
  type SExpression,
} from './s-expression.js';

/** An expression without names of its own, and what it would take to write it out. */
export interface Expanded {
  readonly expression: SExpression;
  /** Words and lists in it, each counted as often as it occurs. */
  readonly parts: number;
  readonly depth: number;
}

/** What names stand for: those of `let` or of definitions, and those around them. */
export interface Names {
  readonly own: ReadonlyMap<string, Expanded>;
  readonly outer?: Names;
}

/**
 * The expression without `let` and annotations, and with definitions in place of their names. A name that stands for a
 * large term is shared, not copied; `parts` counts all of its uses, so that what follows takes a bounded time.
 * @throws VerificationError 'syntax', or 'unsupported' beyond the limits of one command, with the line
 */
export function expand(expression: SExpression, names: Names): Expanded {
  if (expression.kind === 'atom') return find(expression, names) ?? { expression, parts: 1, depth: 0 };
  const head = headOf(expression);
  if (head === 'let') return expandLet(expression, names);
  if (head === '!') {
    const [, about] = expression.items;
    if (about === undefined)
      throw new VerificationError('syntax', `${written(expression)} annotates nothing`, { line: expression.line });
    return expand(about, names);
  }
  let parts = 1;
  let depth = 0;
  let isSame = true;
  const items = expression.items.map((item, at) => {
    // The first word is an operator, whatever else has its name.
    const one = at === 0 && item.kind === 'atom' ? { expression: item, parts: 1, depth: 0 } : expand(item, names);
    parts += one.parts;
    depth = Math.max(depth, one.depth);
    isSame &&= one.expression === item;
    return one.expression;
  });
  if (parts > mostParts || depth >= mostNested)
    throw new VerificationError(
      'unsupported',
      `with its definitions written out, ${written(expression)} has more than ${mostParts} parts, or parentheses ` +
        `more than ${mostNested} deep`,
      { line: expression.line },
    );
  return { expression: isSame ? expression : { ...expression, items }, parts, depth: depth + 1 };
}

function find({ text }: Atom, names: Names): Expanded | undefined {
  for (let at: Names | undefined = names; at !== undefined; at = at.outer) {
    const known = at.own.get(text);
    if (known !== undefined) return known;
  }
  return undefined;
}

/** (let ((name term) ...) body): all terms are in the names around it. */
function expandLet(expression: List, names: Names): Expanded {
  const [, bindings, body, more] = expression.items;
  const refuse = (): never => {
    throw new VerificationError('syntax', `${written(expression)} should read (let ((name term)) formula)`, {
      line: expression.line,
    });
  };
  if (bindings?.kind !== 'list' || body === undefined || more !== undefined) return refuse();
  const own = new Map<string, Expanded>();
  for (const binding of bindings.items) {
    if (binding.kind !== 'list' || binding.items.length !== 2) return refuse();
    const [name, term] = binding.items;
    if (name.kind !== 'atom') return refuse();
    if (own.has(name.text))
      throw new VerificationError('variable', `${shortened(name.text)} is bound twice in one let`, { line: name.line });
    own.set(name.text, expand(term, names));
  }
  return expand(body, { own, outer: names });
}
