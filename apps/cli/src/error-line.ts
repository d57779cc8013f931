import { stripVTControlCharacters } from 'node:util';

/** C0 and C1 controls and DEL without tab and line feed; marks that reorder or separate text (bidi, U+2028, U+2029). */
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** A name of megabytes in a file must not become a message of megabytes. Characters. */
const longest = 2000;

/**
 * What the command says about an error. Its message may quote a file or a server: characters that a terminal obeys are
 * left out, and what is too long to read is cut.
 */
export function errorLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const cut = message.length > longest ? `${message.slice(0, longest)}...` : message;
  return stripVTControlCharacters(cut).replace(unsafe, '');
}
