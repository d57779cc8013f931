import { VerificationError } from '../verification-error.js';
import type { VnnlibProperty } from './property.js';
import { headOf, parseLists, written, type List } from './s-expression.js';
import { readVersion1 } from './version-1.js';
import { readVersion2 } from './version-2.js';

/**
 * Reads a VNN-LIB property. Version 1.0: real inputs X_0, X_1, ... and outputs Y_0, Y_1, ... of one network. Version
 * 2.0: tensors of declared networks. Assertions compare linear terms (+ - * /, abs, ite) by <=, >=, <, >, = and
 * distinct, with and, or, not, =>, ite, let, definitions and annotations in any nesting. A comparison that is about one
 * input is a bound of the box; any other one is a row.
 * @throws VerificationError, with the line: 'syntax', 'truncated', 'variable', 'unbounded', 'unsupported'
 */
export function parseVnnlib(text: string): VnnlibProperty {
  const commands = parseLists(text);
  const { done, value: first } = commands.next();
  if (done) return readVersion1([]);
  const all = withFirst(first, commands);
  return headOf(first) === 'declare-network' || versionOf(first) === '2' ? readVersion2(all) : readVersion1(all);
}

/** The number before the point, if the command names a version: (vnnlib-version <2.0>). */
function versionOf(command: List): string | undefined {
  if (headOf(command) !== 'vnnlib-version') return undefined;
  const major = /^\(vnnlib-version <?([12])(\.\d+)?>?\)$/.exec(written(command))?.[1];
  if (major === undefined)
    throw new VerificationError('unsupported', `${written(command)}: versions 1 and 2 are read`, {
      line: command.line,
    });
  return major;
}

function* withFirst(first: List, rest: Iterable<List>): Generator<List> {
  yield first;
  yield* rest;
}
