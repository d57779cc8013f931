// Tested by csv-reading.unit.test.ts.
import { hasPercent, largestNumber, lookOf, type NumberLook } from './number-text.js';

/** A cell that stands for others in a message. */
export interface ExampleCell {
  readonly row: number;
  readonly text: string;
}

/** Counts of cell formats in a column, without missing cells; the first cell of each, for messages. */
export class ColumnProfile {
  present = 0;
  percents = 0;
  readonly looks = new Map<NumberLook, ExampleCell & { count: number }>();
  percent: ExampleCell | undefined;
  /** First number without a percent sign. */
  bare: ExampleCell | undefined;
  /** First number such as 007. */
  zero: ExampleCell | undefined;
  /** First number that is too large for a number, or `inf`. */
  infinite: ExampleCell | undefined;
  /** A whole number of four or more digits without a mark: this column has no thousands separator. */
  ungrouped = false;
  /** Every number is whole and written with digits alone, without a sign or leading zeros. */
  onlyDigits = true;

  /** @param count how many cells of this text there are; `row` is that of the first */
  add(text: string, row: number, count = 1): void {
    const look = lookOf(text);
    const cell = { row, text };
    this.addCount(look, cell, count);
    if (look !== 'integer' || !/^(0|[1-9]\d*)$/.test(text)) this.onlyDigits = false;
    if (look === 'word') return;
    if (hasPercent(text)) {
      this.percents += count;
      this.percent = first(this.percent, cell);
    } else this.bare = first(this.bare, cell);
    if (look === 'integer' && /^0\d/.test(text)) this.zero = first(this.zero, cell);
    if (look === 'integer' && /\d{4}/.test(text)) this.ungrouped = true;
    if (look === 'infinite' || Math.abs(Number(text)) > largestNumber) this.infinite = first(this.infinite, cell);
  }

  addCount(look: NumberLook, cell: ExampleCell, count: number): void {
    this.present += count;
    const seen = this.looks.get(look);
    if (seen === undefined) this.looks.set(look, { ...cell, count });
    else this.looks.set(look, { ...first(seen, cell), count: seen.count + count });
  }

  count(look: NumberLook): number {
    return this.looks.get(look)?.count ?? 0;
  }
}

export const first = (known: ExampleCell | undefined, other: ExampleCell): ExampleCell =>
  known === undefined || other.row < known.row ? { row: other.row, text: other.text } : known;
