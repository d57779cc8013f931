// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import { refuse } from './refusal.js';

/** coefficients . y + constant >= 0 (strict: > 0) */
export interface Row {
  readonly coefficients: Float64Array;
  readonly constant: number;
  readonly isStrict: boolean;
}

/** One way to violate the property: an input in a box whose outputs satisfy all rows. */
export interface Case {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly rows: readonly Row[];
  /** Whether a point of float32 numbers lies in the box: its ends are rounded outward, and count in any case. */
  readonly contains: (point: Float64Array) => boolean;
}

type Expression = string | readonly Expression[];

/** The sum of factors times variables, the constant under the name ''; `Atom`: it is >= 0, or > 0. */
type Linear = ReadonlyMap<string, number>;
interface Atom {
  readonly linear: Linear;
  readonly isStrict: boolean;
}

const [mostDepth, mostCases] = [1000, 20_000];
const variable = /^([XY])_(0|[1-9]\d*)$/;

/**
 * The cases of a VNN-LIB 1.0 property: boxes of inputs, `and` and `or` in any nesting, and linear rows on outputs. They
 * are numbered in the order in which the text names them: of two disjunctions, the second one varies faster.
 * @throws Refusal for anything else
 */
export function casesOf(text: string): Case[] {
  const counts: Record<string, number> = { X: 0, Y: 0 };
  let cases: readonly (readonly Atom[])[] = [[]];
  // What holds in all cases, such as the box of a large image.
  const common: Atom[] = [];
  for (const statement of expressionsOf(text)) {
    const [head, body, ...rest] = typeof statement === 'string' ? [statement] : statement;
    const declared = typeof body === 'string' ? variable.exec(body) : null;
    if (head === 'assert' && body !== undefined && rest.length === 0) {
      const found = alternatives(body);
      if (found.length === 1) common.push(...found[0]);
      else cases = both(cases, found);
    } else if ((head === 'declare-const' || head === 'declare-fun') && declared && rest.at(-1) === 'Real') {
      if (Number(declared[2]) !== counts[declared[1]]++) refuse(`${declared[0]} is not declared in turn`);
    } else refuse('the property has a statement that is no declaration of X_i or Y_i and no assertion');
  }
  return cases.map((atoms) => caseOf([...common, ...atoms], counts.X, counts.Y));
}

function caseOf(atoms: readonly Atom[], inputs: number, outputs: number): Case {
  const lower = new Float64Array(inputs).fill(-Infinity);
  const upper = new Float64Array(inputs).fill(Infinity);
  const rows: Row[] = [];
  const ends: ((point: Float64Array) => boolean)[] = [];
  for (const { linear, isStrict } of atoms) {
    const constant = linear.get('') ?? 0;
    const terms = [...linear].filter(([name, factor]) => name !== '' && factor !== 0);
    const coefficients = new Float64Array(outputs);
    for (const [name, factor] of terms) {
      const [kind, at] = [name[0], Number(name.slice(2))];
      if (at >= (kind === 'X' ? inputs : outputs)) refuse(`${name} is not declared`);
      if (kind === 'Y') coefficients[at] = factor;
      else if (terms.length > 1) refuse('a row is about several inputs, or about inputs and outputs');
      else {
        const end = -constant / factor;
        // A quotient is rounded, but by 1; a box that is too large proves more.
        const slack = Math.abs(factor) === 1 ? 0 : 2 ** -52 * Math.abs(end) + Number.MIN_VALUE;
        ends.push((point) => {
          const product = factor * point[at];
          const least = Math.abs(factor) === 1 ? product : product - 2 ** -52 * Math.abs(product) - Number.MIN_VALUE;
          return isStrict ? least > -constant : least >= -constant;
        });
        if (factor > 0) lower[at] = Math.max(lower[at], end - slack);
        else upper[at] = Math.min(upper[at], end + slack);
      }
    }
    if (!terms.some(([name]) => name[0] === 'X')) rows.push({ coefficients, constant, isStrict });
  }
  const free = lower.findIndex((low, i) => !Number.isFinite(low) || !Number.isFinite(upper[i]));
  if (free >= 0) refuse(`X_${free} has no finite lower and upper bound in every case`);
  return { lower, upper, rows, contains: (point) => ends.every((holds) => holds(point)) };
}

/** The disjunctive normal form of a formula. */
function alternatives(formula: Expression): readonly (readonly Atom[])[] {
  const [head, ...parts] = typeof formula === 'string' ? [formula] : formula;
  if (head === 'or') return parts.flatMap(alternatives);
  if (head === 'and') return parts.map(alternatives).reduce(both, [[]]);
  if (typeof head !== 'string' || !['<=', '>=', '<', '>'].includes(head) || parts.length !== 2)
    return refuse(`the property has a formula that begins with '${String(head).slice(0, 40)}'`);
  const [less, more] = head.startsWith('<') ? parts : [parts[1], parts[0]];
  return [[{ linear: sum(linearOf(more), linearOf(less), -1), isStrict: head.length === 1 }]];
}

function both(some: readonly (readonly Atom[])[], others: readonly (readonly Atom[])[]): readonly (readonly Atom[])[] {
  if (some.length * others.length > mostCases) refuse(`the property has more than ${mostCases} cases`);
  return some.flatMap((one) => others.map((other) => [...one, ...other]));
}

function sum(one: Linear, other: Linear, factor: number): Linear {
  const all = new Map(one);
  for (const [name, value] of other) {
    const [before, more] = [all.get(name) ?? 0, factor * value];
    const after = before + more;
    // What a sum of two loses (Knuth): other terms may cancel all the rest.
    const rounded = after - before;
    if (before - (after - rounded) + (more - rounded) !== 0)
      refuse('the property has a sum that float64 does not hold');
    all.set(name, after);
  }
  return all;
}

const none: Linear = new Map();

function linearOf(term: Expression): Linear {
  if (typeof term === 'string') {
    if (variable.test(term)) return new Map([[term, 1]]);
    const value = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(term) ? Number(term) : NaN;
    return Number.isFinite(value)
      ? new Map([['', value]])
      : refuse(`'${term.slice(0, 40)}' is neither a number nor X_i or Y_i`);
  }
  const [head, ...rest] = term;
  const parts = rest.map(linearOf);
  if (head === '+') return parts.reduce((all, part) => sum(all, part, 1), none);
  if (head === '-' && parts.length === 1) return sum(none, parts[0], -1);
  if (head === '-' && parts.length > 1) return parts.reduce((all, part) => sum(all, part, -1));
  const constant = parts.findIndex((part) => [...part.keys()].every((name) => name === ''));
  if (head === '*' && parts.length === 2 && constant >= 0)
    return sum(none, parts[1 - constant], parts[constant].get('') ?? 0);
  return refuse(`the property has a term that begins with '${String(head).slice(0, 40)}'`);
}

function expressionsOf(text: string): readonly Expression[] {
  const open: Expression[][] = [[]];
  const plain = text.replace(/^\uFEFF/, '').replace(/;[^\n\r]*/g, '');
  for (const [token] of plain.matchAll(/[()]|[^\s()]+/g)) {
    if (token === '(') open.push([]);
    else if (token !== ')') open.at(-1)!.push(token);
    else {
      const closed = open.pop()!;
      (open.at(-1) ?? refuse('the property has a closing bracket too many')).push(closed);
    }
    if (open.length > mostDepth) refuse(`the property has brackets more than ${mostDepth} deep`);
  }
  return open.length === 1 ? open[0] : refuse('the property ends inside of brackets');
}
