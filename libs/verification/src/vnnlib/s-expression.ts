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

// A parenthesis, a quoted symbol or string, or a run of other characters; comments go from ; to the end of the line.
const token = /;[^\n]*|[()]|\|[^|]*\||"[^"]*"|[^\s()|";]+|\n|[|"]/g;

/**
 * The lists of a text, one after the other.
 * @throws VerificationError 'truncated' when a list is still open at the end, 'syntax' for a parenthesis too many or for
 *   anything outside of a list
 */
export function parseLists(text: string): List[] {
  const lists: List[] = [];
  const open: { items: SExpression[]; line: number }[] = [];
  let line = 1;
  for (const [piece] of text.matchAll(token)) {
    if (piece === '\n') line++;
    else if (piece === '(') open.push({ items: [], line });
    else if (piece === ')') close();
    else if (piece === '"' || piece === '|') throw new VerificationError('truncated', `a ${piece} is never closed`, { line });
    else if (!piece.startsWith(';')) atom(piece);
    if (piece.length > 1) line += piece.split('\n').length - 1;
  }
  if (open.length > 0) {
    throw new VerificationError('truncated', `this parenthesis is not closed by the end of the text (line ${line}): the file is cut off, or a ) is missing`, { line: open[0].line });
  }
  return lists;

  function close(): void {
    const done = open.pop();
    if (done === undefined) throw new VerificationError('syntax', 'there is one ) too many', { line });
    const list: List = { kind: 'list', ...done };
    const parent = open.at(-1);
    if (parent === undefined) lists.push(list);
    else parent.items.push(list);
  }

  function atom(piece: string): void {
    const parent = open.at(-1);
    if (parent === undefined) throw new VerificationError('syntax', `'${shortened(piece)}' stands outside of any parenthesis`, { line });
    parent.items.push({ kind: 'atom', text: piece, line });
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
  const full = (part: SExpression): string => (part.kind === 'atom' ? part.text : `(${part.items.map(full).join(' ')})`);
  return shortened(full(expression));
}

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text);
