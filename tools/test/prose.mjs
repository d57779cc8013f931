import ts from 'typescript';

const { SyntaxKind } = ts;

/** Stands for every character that is not prose: no phrase reaches across it. */
const CODE = '\0';

/**
 * What people read in a file: Markdown, comments of YAML, and comments and strings of programs. Text in backticks is
 * code. A string of one word is code, too: a key, a path or a name.
 * @param {string} file its name says how it is read: .md, .yaml, .yml, otherwise a program
 * @param {string} text
 * @returns {string} as long as `text`, with the same lines; all that is not prose is NUL, marks of comments are blanks
 */
export function proseOf(file, text) {
  if (file.endsWith('.md')) return withoutCode(text.replace(/^```.*?^```/gms, code));
  const pieces = /\.ya?ml$/.test(file) ? commentsOfYaml(text) : piecesOfProgram(text);
  let prose = '';
  for (const { at, piece } of pieces) prose += code(text.slice(prose.length, at)) + piece;
  return prose + code(text.slice(prose.length));
}

/** @typedef {{ at: number, piece: string }} Piece a piece of prose and its offset in the file */

/** @param {string} text @returns {Piece[]} */
function commentsOfYaml(text) {
  return [...text.matchAll(/(?<=^|\s)#.*/gm)].map((match) => ({ at: match.index, piece: comment(match[0]) }));
}

/** @param {string} text @returns {Piece[]} */
function piecesOfProgram(text) {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, text);
  /** @type {Piece[]} */
  const pieces = [];
  /** For each `${` that is open: how many braces are open in it. @type {number[]} */
  const braces = [];
  let before = SyntaxKind.Unknown;
  for (let kind = scanner.scan(); kind !== SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    if (kind === SyntaxKind.OpenBraceToken && braces.length > 0) braces[braces.length - 1] += 1;
    if (kind === SyntaxKind.CloseBraceToken && braces.length > 0) {
      if (braces[braces.length - 1] === 0) {
        braces.pop();
        kind = scanner.reScanTemplateToken(false);
      } else braces[braces.length - 1] -= 1;
    }
    if ((kind === SyntaxKind.SlashToken || kind === SyntaxKind.SlashEqualsToken) && !endsValue(before))
      kind = scanner.reScanSlashToken();
    if (kind === SyntaxKind.TemplateHead || kind === SyntaxKind.TemplateMiddle) braces.push(0);

    const at = scanner.getTokenStart();
    if (isComment(kind)) pieces.push({ at, piece: comment(scanner.getTokenText()) });
    else if (isString(kind)) pieces.push({ at, piece: string(scanner.getTokenText()) });
    if (!isComment(kind) && kind !== SyntaxKind.WhitespaceTrivia && kind !== SyntaxKind.NewLineTrivia) before = kind;
  }
  return pieces;
}

/** After a value a slash divides; elsewhere it begins a regular expression. @param {ts.SyntaxKind} kind */
function endsValue(kind) {
  const { CloseParenToken, CloseBracketToken, CloseBraceToken, ThisKeyword, NumericLiteral, BigIntLiteral } =
    SyntaxKind;
  return (
    kind === SyntaxKind.Identifier ||
    isString(kind) ||
    [CloseParenToken, CloseBracketToken, CloseBraceToken, ThisKeyword, NumericLiteral, BigIntLiteral].includes(kind)
  );
}

/** @param {ts.SyntaxKind} kind */
function isComment(kind) {
  return kind === SyntaxKind.SingleLineCommentTrivia || kind === SyntaxKind.MultiLineCommentTrivia;
}

/** @param {ts.SyntaxKind} kind */
function isString(kind) {
  return (
    kind === SyntaxKind.StringLiteral || (kind >= SyntaxKind.FirstTemplateToken && kind <= SyntaxKind.TemplateTail)
  );
}

/** The marks of a comment become blanks, so that a phrase may go from one line to the next. @param {string} text */
function comment(text) {
  const unmarked = text.replace(/^(\/\/|#+)|^\/\*+|\*+\/$|^[^\S\n]*\*/gm, (marks) => ' '.repeat(marks.length));
  return withoutCode(unmarked);
}

/** @param {string} text with its quotes */
function string(text) {
  const open = text.startsWith('}') || /^['"`]/.test(text) ? 1 : 0;
  const close = text.endsWith('${') ? 2 : 1;
  const inner = text.slice(open, text.length - close);
  if (!/\s/.test(inner)) return code(text);
  return CODE.repeat(open) + inner.replace(/\\[nt]/g, '  ') + CODE.repeat(close);
}

/** @param {string} text */
function withoutCode(text) {
  return text.replace(/(`+)[^`]+\1/g, code);
}

/** @param {string} text */
function code(text) {
  return text.replace(/\S/g, CODE);
}
