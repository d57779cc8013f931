// Tested by csv-reading.unit.test.ts.
import { ColumnProfile, first, type ExampleCell } from './column-profile.js';
import { growingFloat64, growingUint16, type GrowingArray } from './growing-array.js';
import type { MissingValues } from './missing-values.js';
import { largestNumber, parseNumber, plainFormat, sameFormat, type NumberFormat } from './number-text.js';
import { COMMA_MARK, EITHER_POINT, INTEGER, PlainNumberReader, POINT, POINT_MARK } from './plain-number.js';
import type { Cells, ColumnKind, ColumnOfNumbers } from './table-file.js';

const reader = new PlainNumberReader();
const lookNames = ['word', 'integer', 'point', 'either point', 'comma', 'either'] as const;
const [COMMA, EITHER] = [4, 5];

export interface ReadAs {
  readonly format: NumberFormat;
  /** Makes the error about a cell that is no finite number in this format. */
  readonly refuse: (cell: ExampleCell, value: number) => Error;
}

/**
 * The cells of a column of numbers: a float64 each, NaN if it is missing. Plain numbers are read from their bytes; any
 * other cell is looked at as text, and counted in the profile.
 */
export class NumberCells implements Cells, ColumnOfNumbers {
  readonly kind = 'numbers';
  readonly #missing: MissingValues;
  readonly #readAs: ReadAs | undefined;
  /** What the bytes of a number may hold; undefined if every cell is looked at as text. */
  readonly #mark: number | undefined;
  /** Whether a cell is a number in another format, which only a second reading can say. */
  #hasOther = false;
  readonly #values = growingFloat64();
  readonly #profile = new ColumnProfile();
  /** Plain numbers by look, and the first of each. */
  readonly #plain = [0, 0, 0, 0, 0, 0];
  readonly #firstPlain: (ExampleCell | undefined)[] = [];
  #isPlainInteger = true;
  /** Markers of missing values in order of appearance, and which one a cell has if there are several. */
  readonly #markers: string[] = [];
  #markerOf: GrowingArray<Uint16Array<ArrayBuffer>> | undefined;

  /** @param readAs the format, if it is known: in a second reading, or in the test table */
  constructor(missing: MissingValues, readAs?: ReadAs) {
    this.#missing = missing;
    this.#readAs = readAs;
    const { decimal, percent } = readAs?.format ?? plainFormat;
    this.#mark = percent ? undefined : decimal === '.' ? POINT_MARK : COMMA_MARK;
  }

  add(bytes: Buffer, start: number, end: number, row: number): void {
    const look = this.#mark === undefined ? 0 : reader.read(bytes, start, end, this.#mark);
    if (look === 0 && this.#readAs === undefined && this.#addComma(bytes, start, end, row)) return;
    if (look === 0 || Math.abs(reader.value) > largestNumber || this.#missing.numbers.has(reader.value))
      return this.#addText(bytes.toString('utf8', start, end), row);
    if (this.#plain[look]++ === 0) this.#firstPlain[look] = { row, text: bytes.toString('latin1', start, end) };
    if (look === INTEGER) {
      if (reader.wholeDigits > 3) this.#profile.ungrouped = true;
      if (reader.value < 0) this.#isPlainInteger = false;
    } else this.#isPlainInteger = false;
    this.#values.push(reader.value);
  }

  /** A number with a comma: 0,5 or 1,234, which may be a thousand. */
  #addComma(bytes: Buffer, start: number, end: number, row: number): boolean {
    if (!this.#missing.isUsual) return false;
    const look = reader.read(bytes, start, end, COMMA_MARK);
    if (look === 0 || look === INTEGER || Math.abs(reader.value) > largestNumber) return false;
    const place = look === POINT ? COMMA : EITHER;
    if (this.#plain[place]++ === 0) this.#firstPlain[place] = { row, text: bytes.toString('latin1', start, end) };
    this.#isPlainInteger = false;
    if (place === COMMA) this.#hasOther = true;
    this.#values.push(place === COMMA ? NaN : Math.round(1000 * reader.value));
    return true;
  }

  #addText(text: string, row: number): void {
    if (this.#missing.inNumbers(text)) return this.addMissing(text);
    const value = parseNumber(text, this.#readAs?.format ?? plainFormat);
    if (this.#readAs === undefined) {
      this.#profile.add(text, row);
      if (Number.isNaN(value)) this.#hasOther = true;
    } else if (!(Math.abs(value) <= largestNumber)) throw this.#readAs.refuse({ row, text }, value);
    this.#values.push(value);
  }

  /** A number that was never text. */
  addNumber(value: number, row: number): void {
    const look = Number.isInteger(value) ? INTEGER : POINT;
    if (this.#plain[look]++ === 0) this.#firstPlain[look] = { row, text: String(value) };
    this.#isPlainInteger &&= look === INTEGER && value >= 0;
    if (!(Math.abs(value) <= largestNumber)) this.#profile.infinite ??= { row, text: String(value) };
    this.#values.push(value);
  }

  addMissing(marker: string): void {
    let code = this.#markers.indexOf(marker);
    if (code < 0) code = this.#markers.push(marker) - 1;
    if (code > 0) {
      this.#markerOf ??= growingUint16();
      // Cells before and between have the first marker, 0.
      while (this.#markerOf.length < this.#values.length) this.#markerOf.push(0);
      this.#markerOf.push(code);
    }
    this.#values.push(NaN);
  }

  /** NaN if the cell is missing. */
  at(row: number): number {
    return this.#values.at(row);
  }

  /** What marks the missing cell of a row. */
  marker(row: number): string {
    const { length } = this.#markerOf ?? { length: 0 };
    return this.#markers[row < length ? this.#markerOf!.at(row) : 0];
  }

  get memory(): number {
    return this.#values.memory + (this.#markerOf?.memory ?? 0);
  }

  profile(): ColumnProfile {
    const profile = this.#profile;
    for (const look of [INTEGER, POINT, EITHER_POINT, COMMA, EITHER]) {
      const cell = this.#firstPlain[look];
      if (cell === undefined) continue;
      profile.addCount(lookNames[look], cell, this.#plain[look]);
      profile.bare = first(profile.bare, cell);
      this.#plain[look] = 0;
      this.#firstPlain[look] = undefined;
    }
    profile.onlyDigits &&= this.#isPlainInteger;
    return profile;
  }

  /** Whether the values are those of a column of this kind. */
  isReadAs(kind: ColumnKind): boolean {
    return kind !== null && !this.#hasOther && sameFormat(kind, this.#readAs?.format ?? plainFormat);
  }
}
