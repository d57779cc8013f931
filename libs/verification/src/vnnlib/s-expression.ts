// Tested by damaged-vnnlib.unit.test.ts.
import { VerificationError } from '../verification-error.js';

/** The text of a property as nested lists, each with the line it begins on. */
export type SExpression = Atom | List;

export interface Atom {
  readonly kind: 'atom';
  readonly text: string;
  readonly line: number;
}

export interface List {
  readonly kind: 'list';
  readonly items: readonly SExpression[];
  readonly line: number;
}

/** Deepest nesting of parentheses; recursion over a list goes as deep. Properties in use have about ten. */
export const mostNested = 500;
/** Words and lists of one command; 20,000 cases of 10 bounds have 820,000. */
export const mostParts = 1_000_000;

// A parenthesis, a quoted symbol or string, indices in brackets, or a run of other characters; comments go from ; to
// the end of the line. A line ends with \n, \r\n or, in files of old Macs, \r.
const token = /;[^\n\r]*|[()]|\|[^|]*\||"[^"]*"|\[[^\][()|";]*\]?|[^\s()|";[]+|\r\n|\n|\r|[|"]/g;
const lineEnd = /\r\n|\n|\r/g;

/**
 * The lists of a text, one after the other: each is returned before the next one is read.
 * @throws VerificationError 'truncated' if a list is not closed at the end, 'syntax' for a parenthesis too many or for
 *   anything outside of a list, 'unsupported' for lists that are nested too deeply or have too many parts
 */
export function* parseLists(text: string): Generator<List> {
  const open: { items: SExpression[]; line: number }[] = [];
  let line = 1;
  let parts = 0;
  const add = (part: SExpression): void => {
    if (++parts > mostParts) {
      throw new VerificationError(
        'unsupported',
        `the command has more than ${mostParts} parts; write it as several asserts, or as several files`,
        { line: open[0].line },
      );
    }
    open[open.length - 1].items.push(part);
  };
  // Indices belong to the word before them, whatever blanks are between: X [0, 1] is X[0,1].
  const addIndices = (piece: string, line: number): void => {
    const { items } = open[open.length - 1];
    const before = items.at(-1);
    const indices = piece.replace(/\s+/g, '');
    if (before?.kind !== 'atom' || before.text.endsWith(']')) add({ kind: 'atom', text: indices, line });
    else items[items.length - 1] = { ...before, text: before.text + indices };
  };
  for (const [piece] of text.matchAll(token)) {
    if (piece === '\n' || piece === '\r' || piece === '\r\n') line++;
    else if (piece === '(') {
      if (open.length >= mostNested)
        throw new VerificationError('unsupported', `parentheses are nested more than ${mostNested} deep`, { line });
      open.push({ items: [], line });
    } else if (piece === ')') {
      const done = open.pop();
      if (done === undefined) throw new VerificationError('syntax', 'there is one ) too many', { line });
      const list: List = { kind: 'list', ...done };
      if (open.length > 0) add(list);
      else {
        parts = 0;
        yield list;
      }
    } else if (piece === '"' || piece === '|')
      throw new VerificationError('truncated', `a ${piece} is never closed`, { line });
    else if (!piece.startsWith(';')) {
      if (open.length === 0)
        throw new VerificationError('syntax', `'${shortened(piece)}' stands outside of any parenthesis`, { line });
      if (piece.startsWith('[')) addIndices(piece, line);
      else add({ kind: 'atom', text: piece, line });
      if (piece.length > 1) line += piece.match(lineEnd)?.length ?? 0;
    }
  }
  if (open.length > 0) {
    throw new VerificationError(
      'truncated',
      `this parenthesis is not closed by the end of the text (line ${line}): the file is cut off, or a ) is missing`,
      { line: open[0].line },
    );
  }
}

/** The name a list begins with, or undefined. */
export function headOf(expression: SExpression): string | undefined {
  if (expression.kind !== 'list') return undefined;
  const first = expression.items.at(0);
  return first?.kind === 'atom' ? first.text : undefined;
}

/** As it would be written, shortened for a message. */
export function written(expression: SExpression): string {
  let text = '';
  // No further than the message shows: a list may have millions of parts.
  const write = (part: SExpression): void => {
    if (text.length > longest) return;
    if (part.kind === 'atom') {
      text += part.text.slice(0, longest + 1);
      return;
    }
    text += '(';
    for (const [at, item] of part.items.entries()) {
      if (text.length > longest) return;
      if (at > 0) text += ' ';
      write(item);
    }
    text += ')';
  };
  write(expression);
  return shortened(text);
}

const longest = 60;

/** Cut to a readable length, without control characters for a terminal. */
export const shortened = (text: string): string =>
  (text.length > longest ? `${text.slice(0, longest - 3)}...` : text).replace(/\p{C}/gu, '?');
