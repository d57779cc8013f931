import { resolve } from 'node:path';

/** Set by the build of the npm package: how its command is called. */
declare const MIPNET_PROGRAM: readonly string[] | undefined;

// Every command that mipnet prints is made here. People paste them, and names of files, classes and runs may be
// untrusted: each word is quoted, so that a shell reads it as one word and runs nothing in it.

/** One word of a POSIX shell (sh, dash, bash, zsh) that stands for any text. */
export function shellWord(text: string): string {
  if (/^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/.test(text)) return text;
  // A control character or a bidi mark would act on the terminal, so plain-text.ts drops it; a line feed is harmless.
  return text
    .split(controls)
    .map((part, at) => {
      if (at % 2 === 1) return `"$(printf '${octal(part)}')"`;
      return part === '' && text !== '' ? '' : `'${part.replaceAll("'", `'\\''`)}'`;
    })
    .join('');
}

/** The characters of plain-text.ts, and the tab, which completes names in a shell. */
const controls = /([\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+)/;
const octal = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');

/**
 * A mipnet command for a terminal, with the program as the user typed it.
 * @param args the command and its arguments
 */
export const mipnetCommand = (...args: readonly string[]): string => line(programWords(), args);

/** The same for a page or a record, which may be read in another folder: the program's path is absolute. */
export const mipnetCommandAnywhere = (...args: readonly string[]): string =>
  line(
    programWords().map((word) => (word.includes('/') ? resolve(word) : word)),
    args,
  );

const line = (program: readonly string[], args: readonly string[]): string =>
  [...program, ...args].map(shellWord).join(' ');

/** The launcher passes on how it was called. Without it, npm or Node runs the program's file. */
function programWords(): readonly string[] {
  const { MIPNET_COMMAND: typed } = process.env;
  if (!typed && typeof MIPNET_PROGRAM !== 'undefined') return MIPNET_PROGRAM;
  return typed ? [typed] : [process.execPath, process.argv[1] ?? ''];
}
