import type { Box } from '../region.js';
import { query, type OutputRow, type Query } from '../query.js';
import { VerificationError } from '../verification-error.js';
import { allOf, alternatives, type Alternative } from './formula.js';
import type { Variable } from './linear-term.js';
import { headOf, parseLists, written, type Atom, type List } from './s-expression.js';

/** One way to violate the property: an input in the box whose outputs satisfy all rows. */
export interface VnnlibCase {
  readonly box: Box;
  readonly rows: readonly OutputRow[];
}

/** What is asked of a network: is one of the cases possible? With no case left the property holds, whatever the network. */
export interface VnnlibProperty {
  readonly inputs: number;
  readonly outputs: number;
  readonly cases: readonly VnnlibCase[];
  /** Why cases of the text are not among `cases`: each contradicts itself. */
  readonly contradictions: readonly string[];
}

const harmless = new Set(['set-logic', 'set-info', 'check-sat', 'get-model', 'exit']);
const variableName = /^([XY])_(0|[1-9]\d*)$/;

/**
 * Reads a VNN-LIB 1.0 property: real inputs X_0, X_1, ... and outputs Y_0, Y_1, ...; assertions of <= and >= between linear
 * terms, with and / or in any nesting. Every inequality is about one input (a bound) or about outputs only (a row).
 * @throws VerificationError, with the line: 'syntax', 'truncated', 'variable', 'unbounded', 'unsupported'
 */
export function parseVnnlib(text: string): VnnlibProperty {
  const declared = new Map<string, Variable>();
  const asserted: Alternative[][] = [];
  const variable = (name: Atom): Variable => {
    const known = declared.get(name.text);
    if (known !== undefined) return known;
    const why = variableName.test(name.text) ? 'is not declared before its use' : 'is unknown; inputs are named X_0, X_1, ... and outputs Y_0, Y_1, ...';
    throw new VerificationError('variable', `${name.text} ${why}`, { line: name.line });
  };
  for (const command of parseLists(text)) {
    const name = headOf(command);
    if (name === 'declare-const') declare(command, declared);
    else if (name === 'assert') asserted.push(alternatives(operand(command), variable));
    else if (name === undefined || !harmless.has(name)) {
      throw new VerificationError('unsupported', `${written(command)} is neither declare-const nor assert`, { line: command.line });
    }
  }
  const inputs = countOf('X', declared);
  const outputs = countOf('Y', declared);
  const contradictions: string[] = [];
  const cases = allOf(asserted, 1).flatMap((alternative) => {
    const found = caseOf(alternative, inputs, outputs);
    if (typeof found !== 'string') return [found];
    contradictions.push(found);
    return [];
  });
  return { inputs, outputs, cases, contradictions };
}

/** The property as queries: cases with the same box share one. All of them robust: the property holds. */
export function vnnlibQueries(property: VnnlibProperty): Query[] {
  const groups = new Map<string, VnnlibCase[]>();
  for (const one of property.cases) {
    const key = `${one.box.lower.join()};${one.box.upper.join()}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map((cases) => query({ box: cases[0].box }, cases.map(({ rows }) => rows)));
}

function operand(command: List): List['items'][number] {
  if (command.items.length !== 2) throw new VerificationError('syntax', `${written(command)} has ${command.items.length - 1} operands; assert takes one`, { line: command.line });
  return command.items[1];
}

function declare(command: List, declared: Map<string, Variable>): void {
  const { line, items } = command;
  const [, name, sort] = items;
  if (items.length !== 3 || name.kind !== 'atom' || sort.kind !== 'atom') throw new VerificationError('syntax', `${written(command)} should read (declare-const X_0 Real)`, { line });
  if (sort.text !== 'Real') throw new VerificationError('unsupported', `${name.text} is declared ${sort.text}; variables are Real`, { line });
  const match = variableName.exec(name.text);
  if (match === null) throw new VerificationError('variable', `${name.text} is unknown; inputs are named X_0, X_1, ... and outputs Y_0, Y_1, ...`, { line });
  if (declared.has(name.text)) throw new VerificationError('variable', `${name.text} is declared twice`, { line });
  declared.set(name.text, { kind: match[1] as 'X' | 'Y', index: Number(match[2]) });
}

/** @throws VerificationError when there is none, or one is left out */
function countOf(kind: 'X' | 'Y', declared: ReadonlyMap<string, Variable>): number {
  const count = [...declared.values()].filter((variable) => variable.kind === kind).length;
  if (count === 0) throw new VerificationError('truncated', `no ${kind}_0 is declared: the text is empty, cut off, or not VNN-LIB`);
  for (let index = 0; index < count; index++) {
    if (!declared.has(`${kind}_${index}`)) throw new VerificationError('variable', `${kind}_${index} is not declared, though ${count} ${kind} are; number them without gaps`);
  }
  return count;
}

/** The box and the rows of one alternative, or the contradiction that makes it impossible. */
function caseOf(alternative: Alternative, inputs: number, outputs: number): VnnlibCase | string {
  const lower = new Float64Array(inputs).fill(-Infinity);
  const upper = new Float64Array(inputs).fill(Infinity);
  const rows: OutputRow[] = [];
  for (const { term, line } of alternative) {
    if (term.inputs.size + term.outputs.size === 0) {
      if (term.constant < 0) return `line ${line}: a constraint without variables is false`;
    } else if (term.inputs.size === 0) {
      const coefficients = new Float64Array(outputs);
      for (const [index, value] of term.outputs) coefficients[index] = value;
      rows.push({ coefficients, constant: term.constant });
    } else if (term.inputs.size === 1 && term.outputs.size === 0) {
      const [[index, factor]] = term.inputs;
      const bound = -term.constant / factor + 0; // No negative zero.
      if (factor > 0) lower[index] = Math.max(lower[index], bound);
      else upper[index] = Math.min(upper[index], bound);
    } else {
      const what = term.outputs.size > 0 ? 'inputs and outputs' : 'several inputs';
      throw new VerificationError('unsupported', `a constraint mixes ${what}; inputs can only have bounds, and rows are about outputs`, { line });
    }
  }
  for (let i = 0; i < inputs; i++) {
    if (lower[i] > upper[i]) return `X_${i} must be at least ${lower[i]} and at most ${upper[i]}`;
  }
  for (let i = 0; i < inputs; i++) {
    if (lower[i] === -Infinity) throw new VerificationError('unbounded', `X_${i} has no lower bound; assert (>= X_${i} number)`);
    if (upper[i] === Infinity) throw new VerificationError('unbounded', `X_${i} has no upper bound; assert (<= X_${i} number)`);
  }
  if (rows.length === 0) {
    throw new VerificationError('truncated', 'no constraint is about an output, so that every input would violate the property: the text is cut off, or incomplete');
  }
  return { box: { lower, upper }, rows };
}
