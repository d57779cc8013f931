import { createHash } from 'node:crypto';
import { query, type OutputRow, type Query } from '../query.js';
import type { Box } from '../region.js';
import { VerificationError } from '../verification-error.js';
import type { DeclaredNetwork } from './declared-network.js';
import type { Alternative, Inequality } from './formula.js';
import { nextAbove } from './next-number.js';

/** One way to violate the property: an input in the box that satisfies all rows. */
export interface VnnlibCase {
  readonly box: Box;
  readonly rows: readonly OutputRow[];
}

/** The question about a network: is one of the cases possible? Without cases, the property holds for every network. */
export interface VnnlibProperty {
  readonly inputs: number;
  readonly outputs: number;
  /**
   * What the rows are about: the outputs, or the inputs and then the outputs of the network. The second kind needs the
   * network with its inputs beside its outputs (`joinedModel`).
   */
  readonly rowsOn: 'outputs' | 'inputs and outputs';
  /** Of version 2.0: its networks, whose inputs and outputs are counted one after the other. */
  readonly networks?: readonly DeclaredNetwork[];
  readonly cases: readonly VnnlibCase[];
  /** Why cases of the text are missing in `cases`: each one contradicts itself. */
  readonly contradictions: readonly string[];
}

/** Outputs of the network that the rows are about. */
export const rowWidth = ({ rowsOn, inputs, outputs }: Pick<VnnlibProperty, 'rowsOn' | 'inputs' | 'outputs'>): number =>
  rowsOn === 'outputs' ? outputs : inputs + outputs;

/** What the text declares. */
export interface Declared {
  readonly inputs: number;
  readonly outputs: number;
  /** In the words of the text, for messages. */
  readonly nameOfInput: (index: number) => string;
  /** The largest number that an input can be by its type; infinite: the text must bound it. */
  readonly largestOf: (index: number) => number;
  /** Whether a property without a constraint on outputs is one: with parentheses closed, nothing else is cut off. */
  readonly mayLackOutputs: boolean;
}

/** Of all boxes and rows together; 256 MiB of float64. */
const mostNumbers = 2 ** 25;

/** @throws VerificationError 'unbounded', 'truncated', 'unsupported' for too many numbers */
export function propertyOf(all: readonly Alternative[], declared: Declared): VnnlibProperty {
  const { inputs, outputs } = declared;
  const rowsOn = all.some((one) => one.some(isMixed)) ? 'inputs and outputs' : 'outputs';
  checkNumbers(all, declared, rowWidth({ rowsOn, inputs, outputs }));
  requireOutputs(all, declared);
  const contradictions: string[] = [];
  const cases = all.flatMap((alternative) => {
    const found = caseOf(alternative, declared, rowsOn);
    if (typeof found !== 'string') return [found];
    contradictions.push(found);
    return [];
  });
  return { inputs, outputs, rowsOn, cases, contradictions };
}

/** Neither a bound of one input nor about outputs alone. */
const isMixed = ({ term: { inputs, outputs } }: Inequality): boolean =>
  inputs.size > 1 || (inputs.size === 1 && outputs.size > 0);

const isBound = ({ term: { inputs, outputs } }: Inequality): boolean => inputs.size === 1 && outputs.size === 0;

/** Each case has a box, and one row per constraint that is none of the box: counted before they are made. */
function checkNumbers(all: readonly Alternative[], { inputs, outputs }: Declared, width: number): void {
  let numbers = 0;
  for (const alternative of all) {
    numbers += 2 * inputs;
    for (const one of alternative) if (!isBound(one)) numbers += width;
    if (numbers > mostNumbers) {
      throw new VerificationError(
        'unsupported',
        `${all.length} cases of ${inputs} inputs and ${outputs} outputs take more than ${mostNumbers} ` +
          'numbers; write the property as several files',
      );
    }
  }
}

/** A case without outputs is met by every input of its box; a whole text without them has lost its end. */
function requireOutputs(all: readonly Alternative[], { mayLackOutputs }: Declared): void {
  if (mayLackOutputs || all.length === 0 || all.some((one) => one.some(({ term }) => term.outputs.size > 0))) return;
  throw new VerificationError(
    'truncated',
    'no constraint is about an output, so that every input would violate the property: the text is cut ' +
      'off, or incomplete',
  );
}

/** The box and the rows of one alternative, or the contradiction that makes it impossible. */
function caseOf(
  alternative: Alternative,
  { inputs, outputs, nameOfInput, largestOf }: Declared,
  rowsOn: VnnlibProperty['rowsOn'],
): VnnlibCase | string {
  const upper = Float64Array.from({ length: inputs }, (_, index) => largestOf(index));
  const lower = upper.map((largest) => -largest);
  const rows: OutputRow[] = [];
  for (const inequality of alternative) {
    const { term, line, strict } = inequality;
    if (term.inputs.size + term.outputs.size === 0) {
      if (strict ? term.constant <= 0 : term.constant < 0)
        return `line ${line}: a constraint without variables is false`;
    } else if (isBound(inequality)) {
      const [[index, factor]] = term.inputs;
      const bound = -term.constant / factor + 0; // No negative zero.
      // Inputs are numbers of a computer: above a bound means from the next number on.
      if (factor > 0) lower[index] = Math.max(lower[index], strict ? nextAbove(bound) : bound);
      else upper[index] = Math.min(upper[index], strict ? -nextAbove(-bound) : bound);
    } else rows.push(rowOf(inequality, rowsOn === 'outputs' ? 0 : inputs, outputs));
  }
  for (let i = 0; i < inputs; i++) {
    if (lower[i] > upper[i]) return `${nameOfInput(i)} must be at least ${lower[i]} and at most ${upper[i]}`;
  }
  for (let i = 0; i < inputs; i++) {
    const name = nameOfInput(i);
    if (lower[i] === -Infinity)
      throw new VerificationError('unbounded', `${name} has no lower bound; assert (>= ${name} number)`);
    if (upper[i] === Infinity)
      throw new VerificationError('unbounded', `${name} has no upper bound; assert (<= ${name} number)`);
  }
  return { box: { lower, upper }, rows };
}

/** @param offset where outputs begin: behind the inputs, if these have coefficients */
function rowOf({ term, strict }: Inequality, offset: number, outputs: number): OutputRow {
  const coefficients = new Float64Array(offset + outputs);
  for (const [index, value] of term.inputs) coefficients[index] = value;
  for (const [index, value] of term.outputs) coefficients[offset + index] = value;
  return { coefficients, constant: term.constant, ...(strict && { strict }) };
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
