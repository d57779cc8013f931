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
}

type Expression = string | readonly Expression[];

/** coefficients of X and Y, and a constant. */
interface Linear {
  readonly x: ReadonlyMap<number, number>;
  readonly y: ReadonlyMap<number, number>;
  readonly constant: number;
}

interface Atom extends Linear {
  readonly isStrict: boolean;
}

const [mostDepth, mostCases] = [1000, 20_000];

/**
 * The cases of a VNN-LIB 1.0 property: boxes of inputs, `and` and `or` in any nesting, and linear rows on outputs. They
 * are numbered in the order in which the text names them: of two disjunctions, the second one varies faster.
 * @throws Refusal for anything else
 */
export function casesOf(text: string): Case[] {
  const counts: Record<string, number> = { X: 0, Y: 0 };
  let cases: readonly (readonly Atom[])[] = [[]];
  // Bounds of inputs in all cases, of which a large image has many.
  const common: Atom[] = [];
  for (const statement of expressionsOf(text)) {
    const [head, body, ...rest] = typeof statement === 'string' ? [statement] : statement;
    const declared = typeof body === 'string' ? /^([XY])_(\d+)$/.exec(body) : null;
    if (head === 'assert' && body !== undefined && rest.length === 0) {
      const found = alternatives(body);
      if (found.length === 1 && found[0].every(({ y }) => y.size === 0)) common.push(...found[0]);
      else cases = both(cases, found);
    } else if ((head === 'declare-const' || head === 'declare-fun') && declared && rest.at(-1) === 'Real') {
      if (Number(declared[2]) !== counts[declared[1]]++) refuse(`${declared[0]} is not declared in turn`);
    } else refuse(`the property has a statement that is no declaration of X_i or Y_i and no assertion`);
  }
  return cases.map((atoms) => caseOf([...common, ...atoms], counts.X, counts.Y));
}

function caseOf(atoms: readonly Atom[], inputs: number, outputs: number): Case {
  const lower = new Float64Array(inputs).fill(-Infinity);
  const upper = new Float64Array(inputs).fill(Infinity);
  const rows: Row[] = [];
  for (const { x, y, constant, isStrict } of atoms) {
    const coefficients = new Float64Array(outputs);
    for (const [j, value] of y) coefficients[j < outputs ? j : refuse(`Y_${j} is not declared`)] = value;
    const moving = [...x].filter(([, factor]) => factor !== 0);
    if (moving.length === 0) rows.push({ coefficients, constant, isStrict });
    else {
      if (moving.length > 1 || coefficients.some((value) => value !== 0))
        refuse('a row is about several inputs, or about inputs and outputs');
      const [[i, factor]] = moving;
      if (i >= inputs) refuse(`X_${i} is not declared`);
      const end = -constant / factor;
      // A quotient is rounded, but by 1; a box that is too large proves more.
      const slack = Math.abs(factor) === 1 ? 0 : 2 ** -52 * Math.abs(end) + Number.MIN_VALUE;
      if (factor > 0) lower[i] = Math.max(lower[i], end - slack);
      else upper[i] = Math.min(upper[i], end + slack);
    }
  }
  const free = lower.findIndex((low, i) => !Number.isFinite(low) || !Number.isFinite(upper[i]));
  if (free >= 0) refuse(`X_${free} has no finite lower and upper bound in every case`);
  return { lower, upper, rows };
}

/** The disjunctive normal form of a formula. */
function alternatives(formula: Expression): readonly (readonly Atom[])[] {
  const [head, ...parts] = typeof formula === 'string' ? [formula] : formula;
  if (head === 'or') return parts.flatMap(alternatives);
  if (head === 'and') return parts.map(alternatives).reduce(both, [[]]);
  if (typeof head !== 'string' || !['<=', '>=', '<', '>'].includes(head) || parts.length !== 2)
    return refuse(`the property has a formula that begins with '${String(head).slice(0, 40)}'`);
  const [less, more] = head.startsWith('<') ? parts : [parts[1], parts[0]];
  return [[{ ...sum(linear(more), linear(less), -1), isStrict: head.length === 1 }]];
}

function both(some: readonly (readonly Atom[])[], others: readonly (readonly Atom[])[]): readonly (readonly Atom[])[] {
  if (some.length * others.length > mostCases) refuse(`the property has more than ${mostCases} cases`);
  return some.flatMap((one) => others.map((other) => [...one, ...other]));
}

function sum(one: Linear, other: Linear, factor: number): Linear {
  const added = (to: ReadonlyMap<number, number>, more: ReadonlyMap<number, number>) => {
    const all = new Map(to);
    for (const [i, value] of more) all.set(i, (all.get(i) ?? 0) + factor * value);
    return all;
  };
  return { x: added(one.x, other.x), y: added(one.y, other.y), constant: one.constant + factor * other.constant };
}

const zero: Linear = { x: new Map(), y: new Map(), constant: 0 };

function linear(term: Expression): Linear {
  if (typeof term === 'string') {
    const variable = /^([XY])_(\d+)$/.exec(term);
    if (variable) return { ...zero, [variable[1].toLowerCase()]: new Map([[Number(variable[2]), 1]]) };
    if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(term))
      refuse(`'${term.slice(0, 40)}' is neither a number nor X_i or Y_i`);
    const constant = Number(term);
    return Number.isFinite(constant) ? { ...zero, constant } : refuse(`${term.slice(0, 40)} is too large`);
  }
  const [head, ...rest] = term;
  const parts = rest.map(linear);
  if (head === '+') return parts.reduce((all, part) => sum(all, part, 1), zero);
  if (head === '-' && parts.length > 0)
    return parts.length === 1
      ? sum(zero, parts[0], -1)
      : parts.slice(1).reduce((all, part) => sum(all, part, -1), parts[0]);
  const isConstant = ({ x, y }: Linear) => x.size === 0 && y.size === 0;
  if (head === '*' && parts.length === 2 && parts.some(isConstant)) {
    const [factor, other] = isConstant(parts[0]) ? parts : [parts[1], parts[0]];
    return sum(zero, other, factor.constant);
  }
  return refuse(`the property has a term that begins with '${String(head).slice(0, 40)}'`);
}

function expressionsOf(text: string): Expression[] {
  const open: Expression[][] = [[]];
  for (const [token] of text
    .replace(/^\uFEFF/, '')
    .replace(/;[^\n\r]*/g, '')
    .matchAll(/[()]|[^\s()]+/g)) {
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
