// Tested by csv-reading.unit.test.ts.
import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { DatasetError } from './dataset-error.js';

/** Turns the pieces of a text into UTF-8 without a byte-order mark. */
export interface TableDecoder {
  /** WHATWG name of the encoding that the file is read in, e.g. `utf-8`, `utf-16le`, `windows-1252`. */
  readonly encoding: string;
  /** @throws DatasetError 'bad-input' */
  decode(piece: Buffer): Buffer;
  /** What is left after the last piece. */
  end(): Buffer;
}

/** Python's names of some encodings, by the WHATWG label. */
const pythonNames: Readonly<Record<string, string>> = {
  'latin-1': 'latin1',
  'utf-8-sig': 'utf-8',
  'utf-16-le': 'utf-16le',
  'utf-16-be': 'utf-16be',
};

/** Formats that people save tables in and that are not text, by their first bytes. */
const otherFormats: readonly (readonly [start: string, is: string])[] = [
  ['PK\u0003\u0004', 'a zip archive, as Excel workbooks (.xlsx) are. Save the sheet as CSV, or unpack it'],
  ['PAR1', 'a Parquet file. Give it without `name: csv`'],
  ['\u00d0\u00cf\u0011\u00e0', 'an Excel workbook (.xls). Save the sheet as CSV'],
  ['BZh', 'packed with bzip2. Unpack it, or pack it with gzip'],
  ['(\u00b5/\u00fd', 'packed with zstd. Unpack it, or pack it with gzip'],
  ['SQLite format 3', 'an SQLite database. Export the table as CSV'],
  ['\u0093NUMPY', 'a NumPy file. Give it without `name: csv`'],
  ['version https://git-lfs', 'a pointer of Git LFS. Fetch the file itself with git lfs pull'],
  ['<!DOCTYPE', 'a web page. Download the file itself'],
  ['<html', 'a web page. Download the file itself'],
];

/**
 * The decoder of a table. Without `encoding`, a byte-order mark decides, and a file without one must be UTF-8: if
 * invalid bytes were replaced, different words could become equal.
 * @param first the first piece, which is not decoded yet
 * @param encoding a WHATWG label such as `windows-1252`, `latin1`, `utf-16le`, or Python's name for one
 * @throws DatasetError 'bad-input' if it is no text
 */
export function decoderFor(path: string, first: Uint8Array, encoding?: string): TableDecoder {
  const start = Buffer.from(first.subarray(0, 32)).toString('latin1').trimStart();
  const format = otherFormats.find(([signature]) => start.toLowerCase().startsWith(signature.toLowerCase()));
  if (format !== undefined) throw new DatasetError('bad-input', `${path} is not a CSV table but ${format[1]}.`);
  const asked = encoding === undefined ? markOf(first) : decoderOf(encoding).encoding;
  if (asked === undefined || asked === 'utf-8') return utf8Decoder(hasMark(first, 0xef, 0xbb, 0xbf) ? 3 : 0);
  if (asked === 'windows-1252') {
    const decode = (piece: Buffer): Buffer => Buffer.from(fromWindows1252(piece));
    return { encoding: asked, decode, end: () => Buffer.alloc(0) };
  }
  const decoder = decoderOf(asked);
  const decode = (piece: Buffer | undefined): Buffer => {
    try {
      return Buffer.from(piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true }));
    } catch (cause) {
      throw new DatasetError(
        'bad-input',
        `${path} is not ${asked} throughout. Give its encoding as dataset.encoding, or save it as UTF-8.`,
        { cause },
      );
    }
  };
  return { encoding: asked, decode, end: () => decode(undefined) };
}

/** @param mark bytes of the mark at the beginning */
function utf8Decoder(mark: number): TableDecoder {
  let skip = mark;
  const decode = (piece: Buffer): Buffer => {
    const bytes = piece.subarray(skip);
    skip = 0;
    return bytes;
  };
  return { encoding: 'utf-8', decode, end: () => Buffer.alloc(0) };
}

/**
 * Refuses bytes that are no text.
 * @param bytes whole lines
 * @param firstLine number of the first of them
 * @param encoding of the file, from which the bytes were decoded
 * @throws DatasetError 'bad-input' with line and byte
 */
export function checkUtf8(path: string, bytes: Uint8Array, firstLine: number, encoding: string): void {
  const nul = bytes.indexOf(0);
  if (nul >= 0 && encoding !== 'utf-8') {
    const { line } = placeOf(bytes, nul, firstLine);
    throw new DatasetError(
      'bad-input',
      `${path}, line ${line}: a character is 0 when read as ${encoding}. Is it a text file of another encoding?`,
    );
  }
  const refused = (at: number, is: string, advice: string): DatasetError => {
    const { line, byte } = placeOf(bytes, at, firstLine);
    return new DatasetError('bad-input', `${path}, line ${line}: byte ${byte} of the line ${is}. ${advice}.`);
  };
  if (nul >= 0) throw refused(nul, 'is 0', nulAdvice(bytes));
  const bad = firstNotUtf8(bytes);
  if (bad < 0) return;
  const advice = 'Save the table as UTF-8, or name its encoding, e.g. dataset.encoding: windows-1252';
  throw refused(bad, `is 0x${bytes[bad].toString(16)}, which is not UTF-8`, advice);
}

const hasMark = (bytes: Uint8Array, ...mark: readonly number[]): boolean =>
  mark.every((byte, at) => bytes[at] === byte);
const markOf = (bytes: Uint8Array): string | undefined =>
  hasMark(bytes, 0xff, 0xfe) ? 'utf-16le' : hasMark(bytes, 0xfe, 0xff) ? 'utf-16be' : undefined;

function decoderOf(encoding: string): TextDecoder {
  const label = encoding.trim().toLowerCase().replaceAll('_', '-');
  try {
    return new TextDecoder(pythonNames[label] ?? label, { fatal: true });
  } catch (cause) {
    const known = 'utf-8, utf-16le, windows-1252 (also for latin1) or windows-1251';
    throw new DatasetError('bad-input', `dataset.encoding: '${encoding}' is not known; give e.g. ${known}`, { cause });
  }
}

/** The characters of Windows instead of the control characters 0x80 to 0x9f. */
const windows1252 =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
  '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';

/** Some versions of Node decode it as ISO-8859-1, so it is done here. */
const fromWindows1252 = (bytes: Buffer): string =>
  bytes.toString('latin1').replace(/[\x80-\x9f]/g, (control) => windows1252[control.charCodeAt(0) - 0x80]);

/** Line and byte of a place, as an editor counts. */
function placeOf(bytes: Uint8Array, at: number, firstLine: number): { readonly line: number; readonly byte: number } {
  let line = firstLine;
  let start = 0;
  for (let i = 0; i < at; i++) {
    if (bytes[i] === 0x0a || (bytes[i] === 0x0d && bytes[i + 1] !== 0x0a)) {
      line++;
      start = i + 1;
    }
  }
  return { line, byte: at - start + 1 };
}

/** UTF-16 of plain English has a 0 in every second byte. */
function nulAdvice(bytes: Uint8Array): string {
  const first = bytes.subarray(0, 64);
  const zeros = (parity: number): number => first.filter((byte, at) => byte === 0 && at % 2 === parity).length;
  if (zeros(1) > 20 && zeros(0) === 0) return 'It looks like UTF-16: set dataset.encoding: utf-16le';
  if (zeros(0) > 20 && zeros(1) === 0) return 'It looks like UTF-16: set dataset.encoding: utf-16be';
  return 'Is it a text file? Save the table as CSV in UTF-8';
}

/** Place of the first byte that is no UTF-8, or -1. */
function firstNotUtf8(bytes: Uint8Array): number {
  if (isUtf8(bytes)) return -1;
  // No character of several bytes holds a line feed, so lines can be checked one by one.
  let from = 0;
  let line = lineAt(bytes, from);
  while (isUtf8(line) && from + line.length < bytes.length) {
    from += line.length;
    line = lineAt(bytes, from);
  }
  let low = 0;
  let high = line.length;
  // The shortest beginning of the line that does not decode ends at the byte that is wrong.
  while (low < high) {
    const middle = (low + high) >> 1;
    if (mayBegin(line.subarray(0, middle))) low = middle + 1;
    else high = middle;
  }
  return from + Math.min(low, line.length) - 1;
}

function lineAt(bytes: Uint8Array, from: number): Uint8Array {
  const end = bytes.indexOf(0x0a, from);
  return bytes.subarray(from, end < 0 ? bytes.length : end + 1);
}

/** Whether bytes are the beginning of a text; it may end within a character. */
function mayBegin(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
