import { blankAt, blankBefore } from './blanks.js';
import { DatasetError } from './dataset-error.js';

const [LF, CR, QUOTE] = [0x0a, 0x0d, 0x22];

/**
 * Finds the cells of records in UTF-8 bytes, without making strings: most cells of a large table are numbers, which are
 * read from the bytes.
 *
 * Records end with CR LF, LF or CR, mixed as they may be. Lines of white space alone are no records. White space around
 * a cell does not count, unless it is within quotes. A quoted cell may hold delimiters, line ends, and quotes written
 * twice. The tests compare it with csv-parse, which has the same rules and makes a string of every cell. Libraries that
 * are as fast know one kind of line end per file and no numbers of lines, and take quotes as they come.
 */
export class CsvTokenizer {
  /** Byte ranges [starts[i], ends[i]) of the cells of the last record. */
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  cells = 0;
  /** Where the record begins that `next` found, or of which it found only a part: what is before is done. */
  consumed = 0;
  /** Line of the byte at `consumed`, from 1. */
  line = 1;
  /** Line on which the last record ended. */
  endLine = 1;
  readonly #path: string;
  readonly #delimiter: Uint8Array;
  readonly #mostCells: number;
  /** 1 for bytes that may end a cell without quotes: delimiter, line ends, quote. */
  readonly #stops = new Uint8Array(256);
  /** Cells with quotes written twice. */
  #escaped: number[] = [];

  /**
   * @param path names the file in errors
   * @param delimiter one character
   */
  constructor(path: string, delimiter: string, mostCells: number) {
    this.#path = path;
    this.#delimiter = Buffer.from(delimiter);
    this.#mostCells = mostCells;
    for (const stop of [this.#delimiter[0], LF, CR, QUOTE]) this.#stops[stop] = 1;
  }

  /**
   * Finds the next record of bytes[from..end).
   * @param isLast whether the text ends with these bytes
   * @returns where the record ends; -1 if there is none, or only a part of one
   * @throws DatasetError 'bad-input' with the line
   */
  next(bytes: Uint8Array, from: number, end: number, isLast: boolean): number {
    this.#begin(from);
    const stops = this.#stops;
    let at = from;
    let innerLines = 0;
    for (;;) {
      at = this.#skipBlanks(bytes, at, end);
      const isQuoted = at < end && bytes[at] === QUOTE;
      let start = at;
      let stop: number;
      if (isQuoted) {
        start = at + 1;
        for (at = start; at < end; at++) {
          const byte = bytes[at];
          if (byte === LF || (byte === CR && bytes[at + 1] !== LF)) innerLines++;
          else if (byte === QUOTE) {
            if (bytes[at + 1] !== QUOTE || at + 1 >= end) break;
            at++;
            if (this.#escaped.at(-1) !== this.cells) this.#escaped.push(this.cells);
          }
        }
        if (at >= end) {
          if (isLast) throw this.#error('a quote is opened and not closed', this.line);
          return -1;
        }
        stop = at;
        at = this.#skipBlanks(bytes, at + 1, end);
        if (at < end && !this.#endsCell(bytes, at) && (isLast || at + this.#delimiter.length < end))
          throw this.#error('there is text behind the closing quote of a cell', this.line + innerLines);
      } else {
        for (; at < end; at++) {
          const byte = bytes[at];
          if (stops[byte] === 0) continue;
          if (byte === QUOTE) throw this.#error('a quote is within a cell without quotes', this.line + innerLines);
          if (this.#endsCell(bytes, at)) break;
        }
        stop = at;
        while (stop > start) {
          const last = bytes[stop - 1];
          const blank = last > 0x20 && last < 0x80 ? 0 : blankBefore(bytes, stop, start);
          if (blank === 0) break;
          stop -= blank;
        }
      }
      // Without the byte after a CR it is unknown whether the line ends with CR LF.
      if (!isLast && (at >= end || (bytes[at] === CR && at + 1 >= end))) return -1;
      const isLineEnd = at >= end || bytes[at] === LF || bytes[at] === CR;
      const isEmptyLine = isLineEnd && this.cells === 0 && !isQuoted && stop === start;
      if (!isEmptyLine) this.#push(start, stop);
      if (!isLineEnd) {
        at += this.#delimiter.length;
        continue;
      }
      this.endLine = this.line + innerLines;
      if (at >= end) return isEmptyLine ? -1 : this.#finish(bytes, at);
      at += bytes[at] === CR && bytes[at + 1] === LF ? 2 : 1;
      this.line = this.endLine + 1;
      if (!isEmptyLine) return this.#finish(bytes, at);
      this.#begin(at);
    }
  }

  #begin(at: number): void {
    this.cells = 0;
    this.consumed = at;
    if (this.#escaped.length > 0) this.#escaped = [];
  }

  /** A delimiter may be white space; then it is none. */
  #skipBlanks(bytes: Uint8Array, from: number, end: number): number {
    let at = from;
    while (at < end && !(this.#stops[bytes[at]] === 1 && this.#endsCell(bytes, at))) {
      const blank = bytes[at] > 0x20 && bytes[at] < 0xc2 ? 0 : blankAt(bytes, at);
      if (blank === 0) break;
      at += blank;
    }
    return at;
  }

  /** Whether a line end or a whole delimiter is at a place: a delimiter such as '¦' is several bytes. */
  #endsCell(bytes: Uint8Array, at: number): boolean {
    const byte = bytes[at];
    if (byte === LF || byte === CR) return true;
    const delimiter = this.#delimiter;
    for (let i = 0; i < delimiter.length; i++) if (bytes[at + i] !== delimiter[i]) return false;
    return true;
  }

  #push(start: number, stop: number): void {
    if (this.cells === this.#mostCells)
      throw this.#error(`the table has more than ${this.#mostCells} columns, the most that is read`, this.line);
    if (this.cells === this.starts.length) {
      const longer = (old: Int32Array): Int32Array<ArrayBuffer> => {
        const grown = new Int32Array(2 * old.length);
        grown.set(old);
        return grown;
      };
      this.starts = longer(this.starts);
      this.ends = longer(this.ends);
    }
    this.starts[this.cells] = start;
    this.ends[this.cells++] = stop;
  }

  /** Quotes written twice become one, in place, when no byte of the record is read again. */
  #finish(bytes: Uint8Array, at: number): number {
    for (const cell of this.#escaped) {
      let to = this.starts[cell];
      for (let i = to; i < this.ends[cell]; i++) {
        bytes[to++] = bytes[i];
        if (bytes[i] === QUOTE) i++;
      }
      this.ends[cell] = to;
    }
    this.consumed = at;
    return at;
  }

  #error(what: string, line: number): DatasetError {
    return new DatasetError('bad-input', `${this.#path}, line ${line}: ${what}`);
  }
}
