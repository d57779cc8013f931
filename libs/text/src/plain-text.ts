import { stripVTControlCharacters } from 'node:util';

// Names, failure messages and paths may come from a server or a file that other people write. A terminal obeys what is
// in them: an escape sequence retitles the window, erases lines or forges output.

/** C0 and C1 controls and DEL without tab and line feed; marks that reorder or separate text (bidi, U+2028, U+2029). */
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** Text that a terminal only shows: no escape sequences, no control characters but tab and line feed, no bidi marks. */
export const plainText = (text: string): string => stripVTControlCharacters(text).replace(unsafe, '');

/** The same in one line, so that a name cannot forge a line of its own. */
export const plainLine = (text: string): string => plainText(text).replace(/\s*[\n\t]\s*/gu, ' ');

/** One JSON document that reads back unchanged, with the same characters escaped. */
export const plainJson = (value: unknown): string =>
  `${JSON.stringify(value, null, 2).replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
