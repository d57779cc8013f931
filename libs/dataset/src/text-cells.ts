// Tested by csv-reading.unit.test.ts.
import { ColumnProfile } from './column-profile.js';
import { growingInt32 } from './growing-array.js';
import type { MissingValues } from './missing-values.js';
import type { Cells, ColumnKind, ColumnOfTexts } from './table-file.js';

/** About what V8 takes for a string in a map and in a list, besides its characters. */
const bytesPerText = 100;

/** The cells of a column of words, classes or codes: each different text once, and its number in each row. */
export class TextCells implements Cells, ColumnOfTexts {
  readonly kind = 'texts';
  readonly texts: string[] = [];
  readonly #missing: MissingValues;
  readonly #codes = growingInt32();
  readonly #codeOf = new Map<string, number>();
  readonly #firstRows: number[] = [];
  readonly #counts: number[] = [];
  #textMemory = 0;

  constructor(missing: MissingValues) {
    this.#missing = missing;
  }

  add(bytes: Buffer, start: number, end: number, row: number): void {
    this.addText(bytes.toString('utf8', start, end), row);
  }

  addText(text: string, row: number): void {
    let code = this.#codeOf.get(text);
    if (code === undefined) {
      code = this.texts.push(text) - 1;
      this.#codeOf.set(text, code);
      this.#firstRows.push(row);
      this.#counts.push(0);
      this.#textMemory += bytesPerText + text.length;
    }
    this.#counts[code]++;
    this.#codes.push(code);
  }

  code(row: number): number {
    return this.#codes.at(row);
  }

  /** The row in which a text appears first. */
  firstRow(code: number): number {
    return this.#firstRows[code];
  }

  get memory(): number {
    return this.#codes.memory + this.#textMemory;
  }

  profile(): ColumnProfile {
    const profile = new ColumnProfile();
    this.texts.forEach((text, code) => {
      if (!this.#missing.inNumbers(text)) profile.add(text, this.#firstRows[code], this.#counts[code]);
    });
    return profile;
  }

  isReadAs(kind: ColumnKind): boolean {
    return kind === null;
  }
}
