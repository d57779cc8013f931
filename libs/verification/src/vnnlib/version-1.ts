// Tested by parse-vnnlib.unit.test.ts.
import { VerificationError } from '../verification-error.js';
import { Assertions } from './assertions.js';
import type { Variable } from './linear-term.js';
import { propertyOf, type VnnlibProperty } from './property.js';
import { headOf, shortened, written, type Atom, type List } from './s-expression.js';

const harmless = new Set(['vnnlib-version', 'set-logic', 'set-info', 'set-option', 'check-sat', 'get-model', 'exit']);
const variableName = /^([XY])_(0|[1-9]\d*)$/;

/** A VNN-LIB 1.0 property from its commands; see `parseVnnlib`. */
export function readVersion1(commands: Iterable<List>): VnnlibProperty {
  const declared = new Map<string, Variable>();
  const assertions = new Assertions((name) => {
    const known = declared.get(name.text);
    if (known !== undefined) return known;
    const why = variableName.test(name.text)
      ? 'is not declared before its use'
      : 'is unknown; inputs are named X_0, X_1, ... and outputs Y_0, Y_1, ...';
    throw new VerificationError('variable', `${shortened(name.text)} ${why}`, { line: name.line });
  });
  for (const command of commands) {
    const name = headOf(command);
    switch (name) {
      case 'declare-const':
      case 'declare-fun':
        declare(command, declared);
        break;
      case 'define-const':
      case 'define-fun':
        define(command, declared, assertions);
        break;
      case 'assert':
        assertions.assert(command);
        break;
      default:
        if (name === undefined || !harmless.has(name))
          throw new VerificationError(
            'unsupported',
            `${written(command)} is not read; a property is made of declare-const, define-const and assert`,
            { line: command.line },
          );
    }
  }
  return propertyOf(assertions.together(), {
    inputs: countOf('X', declared),
    outputs: countOf('Y', declared),
    nameOfInput: (index) => `X_${index}`,
    largestOf: () => Infinity,
    mayLackOutputs: false,
  });
}

/** (declare-const X_0 Real) or (declare-fun X_0 () Real) */
function declare(command: List, declared: Map<string, Variable>): void {
  const { line } = command;
  const { name, sort, rest } = signature(command);
  if (rest.length > 0) throw new VerificationError('syntax', `${written(command)} declares and defines`, { line });
  if (sort !== 'Real')
    throw new VerificationError(
      'unsupported',
      `${shortened(name.text)} is declared ${shortened(sort)}; variables are Real`,
      { line },
    );
  const match = variableName.exec(name.text);
  if (match === null)
    throw new VerificationError(
      'variable',
      `${shortened(name.text)} is unknown; inputs are named X_0, X_1, ... and outputs Y_0, Y_1, ...`,
      { line },
    );
  if (declared.has(name.text)) throw new VerificationError('variable', `${name.text} is declared twice`, { line });
  declared.set(name.text, { kind: match[1] as 'X' | 'Y', index: Number(match[2]) });
}

/** (define-const name Real term) or (define-fun name () Real term) */
function define(command: List, declared: ReadonlyMap<string, Variable>, assertions: Assertions): void {
  const { line } = command;
  const { name, rest } = signature(command);
  if (rest.length !== 1)
    throw new VerificationError('syntax', `${written(command)} should read (define-const name Real term)`, { line });
  if (declared.has(name.text)) throw new VerificationError('variable', `${name.text} is declared twice`, { line });
  assertions.define(name, rest[0]);
}

function signature(command: List): { readonly name: Atom; readonly sort: string; readonly rest: List['items'] } {
  const { line } = command;
  const [word, name, ...others] = command.items;
  const isFunction = headOf(command)!.endsWith('-fun');
  const [parameters] = others;
  if (isFunction && parameters?.kind === 'list' && parameters.items.length > 0)
    throw new VerificationError('unsupported', `${written(command)} has parameters; only constants are read`, { line });
  const [sort, ...rest] = isFunction ? others.slice(1) : others;
  if (name?.kind !== 'atom' || sort?.kind !== 'atom' || (isFunction && parameters.kind !== 'list')) {
    const form = written(word).startsWith('define') ? '(define-const name Real term)' : '(declare-const X_0 Real)';
    throw new VerificationError('syntax', `${written(command)} should read ${form}`, { line });
  }
  return { name, sort: sort.text, rest };
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
