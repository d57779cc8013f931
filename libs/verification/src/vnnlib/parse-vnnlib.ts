import { createHash } from 'node:crypto';
import type { Box } from '../region.js';
import { query, type OutputRow, type Query } from '../query.js';
import { VerificationError } from '../verification-error.js';
import { allOf, alternatives, type Alternative } from './formula.js';
import type { Variable } from './linear-term.js';
import { headOf, parseLists, shortened, written, type Atom, type List } from './s-expression.js';

/** One way to violate the property: an input in the box whose outputs satisfy all rows. */
export interface VnnlibCase {
  readonly box: Box;
  readonly rows: readonly OutputRow[];
}

/** The question about a network: is one of the cases possible? Without cases, the property holds for every network. */
export interface VnnlibProperty {
  readonly inputs: number;
  readonly outputs: number;
  readonly cases: readonly VnnlibCase[];
  /** Why cases of the text are missing in `cases`: each one contradicts itself. */
  readonly contradictions: readonly string[];
}

/** A bound from each side for 224 x 224 x 3 pixels is 301,056 of them. */
const mostConstraints = 500_000;
/** Of all boxes and rows together; 256 MiB of float64. */
const mostNumbers = 2 ** 25;

const harmless = new Set(['vnnlib-version', 'set-logic', 'set-info', 'check-sat', 'get-model', 'exit']);
const notFinite = /^[+-]?(nan|inf|infinity)$/i;
const variableName = /^([XY])_(0|[1-9]\d*)$/;

/**
 * Reads a VNN-LIB 1.0 property: real inputs X_0, X_1, ... and outputs Y_0, Y_1, ...; assertions of <= and >= between
 * linear terms, with and / or in any nesting. Every inequality is about one input (a bound) or about outputs only (a
 * row).
 * @throws VerificationError, with the line: 'syntax', 'truncated', 'variable', 'unbounded', 'unsupported'
 */
export function parseVnnlib(text: string): VnnlibProperty {
  const declared = new Map<string, Variable>();
  const asserted: Alternative[][] = [];
  let constraints = 0;
  const variable = (name: Atom): Variable => {
    const known = declared.get(name.text);
    if (known !== undefined) return known;
    if (notFinite.test(name.text))
      throw new VerificationError(
        'unsupported',
        `${name.text} is not a finite number; a bound is a decimal such as 0.25`,
        { line: name.line },
      );
    const why = variableName.test(name.text)
      ? 'is not declared before its use'
      : 'is unknown; inputs are named X_0, X_1, ... and outputs Y_0, Y_1, ...';
    throw new VerificationError('variable', `${shortened(name.text)} ${why}`, { line: name.line });
  };
  for (const command of parseLists(text)) {
    const name = headOf(command);
    if (name === 'declare-const') declare(command, declared);
    else if (name === 'assert') {
      asserted.push(alternatives(operand(command), variable));
      constraints += sizeOf(asserted[asserted.length - 1]);
      if (constraints > mostConstraints)
        throw new VerificationError(
          'unsupported',
          `the property has more than ${mostConstraints} constraints; write it as several files`,
          { line: command.line },
        );
    } else if (name === 'declare-network' || (name === 'vnnlib-version' && !/<?1\./.test(written(command)))) {
      throw new VerificationError(
        'unsupported',
        'this is VNN-LIB 2.0, which is not read yet; give the property in VNN-LIB 1.0 (declare-const X_0 Real, ...)',
        { line: command.line },
      );
    } else if (name === undefined || !harmless.has(name)) {
      throw new VerificationError('unsupported', `${written(command)} is neither declare-const nor assert`, {
        line: command.line,
      });
    }
  }
  const inputs = countOf('X', declared);
  const outputs = countOf('Y', declared);
  const contradictions: string[] = [];
  const all = allOf(asserted, 1);
  checkNumbers(all, inputs, outputs);
  const cases = all.flatMap((alternative) => {
    const found = caseOf(alternative, inputs, outputs);
    if (typeof found !== 'string') return [found];
    contradictions.push(found);
    return [];
  });
  return { inputs, outputs, cases, contradictions };
}

const sizeOf = (choices: readonly Alternative[]): number => choices.reduce((sum, { length }) => sum + length, 0);

/** Each case has a box, and one row over all outputs per constraint on outputs: counted before they are made. */
function checkNumbers(all: readonly Alternative[], inputs: number, outputs: number): void {
  let numbers = 0;
  for (const alternative of all) {
    numbers += 2 * inputs;
    for (const { term } of alternative) if (term.outputs.size > 0) numbers += outputs;
    if (numbers > mostNumbers) {
      throw new VerificationError(
        'unsupported',
        `${all.length} cases of ${inputs} inputs and ${outputs} outputs take more than ${mostNumbers} ` +
          'numbers; write the property as several files',
      );
    }
  }
}

/** The property as queries: cases with the same box share one. All of them robust: the property holds. */
export function vnnlibQueries(property: VnnlibProperty): Query[] {
  const groups = new Map<string, VnnlibCase[]>();
  for (const one of property.cases) {
    const key = createHash('sha256').update(bytesOf(one.box.lower)).update(bytesOf(one.box.upper)).digest('hex');
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return [...groups.values()].map((cases) =>
    query(
      { box: cases[0].box },
      cases.map(({ rows }) => rows),
    ),
  );
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function operand(command: List): List['items'][number] {
  if (command.items.length !== 2)
    throw new VerificationError(
      'syntax',
      `${written(command)} has ${command.items.length - 1} operands; assert takes one`,
      { line: command.line },
    );
  return command.items[1];
}

function declare(command: List, declared: Map<string, Variable>): void {
  const { line, items } = command;
  const [, name, sort] = items;
  if (items.length !== 3 || name.kind !== 'atom' || sort.kind !== 'atom')
    throw new VerificationError('syntax', `${written(command)} should read (declare-const X_0 Real)`, { line });
  if (sort.text !== 'Real')
    throw new VerificationError(
      'unsupported',
      `${shortened(name.text)} is declared ${shortened(sort.text)}; variables are Real`,
      { line },
    );
  const match = variableName.exec(name.text);
  if (match === null)
    throw new VerificationError(
      'variable',
      `${name.text} is unknown; inputs are named X_0, X_1, ... and outputs Y_0, Y_1, ...`,
      { line },
    );
  if (declared.has(name.text)) throw new VerificationError('variable', `${name.text} is declared twice`, { line });
  declared.set(name.text, { kind: match[1] as 'X' | 'Y', index: Number(match[2]) });
}

/** @throws VerificationError if there is none, or one is left out */
function countOf(kind: 'X' | 'Y', declared: ReadonlyMap<string, Variable>): number {
  const count = [...declared.values()].filter((variable) => variable.kind === kind).length;
  if (count === 0)
    throw new VerificationError('truncated', `no ${kind}_0 is declared: the text is empty, cut off, or not VNN-LIB`);
  for (let index = 0; index < count; index++) {
    if (!declared.has(`${kind}_${index}`))
      throw new VerificationError(
        'variable',
        `${kind}_${index} is not declared, though ${count} ${kind} are; number them without gaps`,
      );
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
      throw new VerificationError(
        'unsupported',
        `a constraint mixes ${what}; inputs can only have bounds, and rows are about outputs`,
        { line },
      );
    }
  }
  for (let i = 0; i < inputs; i++) {
    if (lower[i] > upper[i]) return `X_${i} must be at least ${lower[i]} and at most ${upper[i]}`;
  }
  for (let i = 0; i < inputs; i++) {
    if (lower[i] === -Infinity)
      throw new VerificationError('unbounded', `X_${i} has no lower bound; assert (>= X_${i} number)`);
    if (upper[i] === Infinity)
      throw new VerificationError('unbounded', `X_${i} has no upper bound; assert (<= X_${i} number)`);
  }
  if (rows.length === 0) {
    throw new VerificationError(
      'truncated',
      'no constraint is about an output, so that every input would violate the property: the text is cut ' +
        'off, or incomplete',
    );
  }
  return { box: { lower, upper }, rows };
}
