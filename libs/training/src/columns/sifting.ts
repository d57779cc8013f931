// Tested by master.unit.test.ts.
import type { ColumnRows } from './column-rows.js';
import { rivalOf } from './rivals.js';

/** A loss that exceeds those of the row's options in the LP by this much contradicts them. */
const tolerance = 1e-9;

/**
 * Which part of the master is solved. A row has an option per class: its own class has no loss, a rival c the loss
 * 1 - (s_y - s_c). The row's loss is the largest one, and its cost, the row's dual, is divided among the options with
 * the largest loss. So every row has a base, an option with the largest loss, that has the whole cost; others that are
 * near the base are active: the LP may move cost to them. An option stands at row * classes + class.
 */
export class Sifting {
  /** The class of each row's base. */
  readonly base: Int32Array;
  /** Per row and rival. */
  margins: Float64Array;
  readonly #rows: Pick<ColumnRows, 'count' | 'labels' | 'classes'>;
  /** 1 for active options and bases. */
  readonly #isIn: Uint8Array;

  /** @param basic options among which their rows divided their costs in an LP before: the base is one of them */
  constructor(rows: Pick<ColumnRows, 'count' | 'labels' | 'classes'>, margins: Float64Array, basic: Int32Array) {
    this.#rows = rows;
    this.margins = margins;
    this.#isIn = new Uint8Array(rows.count * rows.classes);
    for (const at of basic) this.#isIn[at] = 1;
    this.base = Int32Array.from({ length: rows.count }, (_, row) => this.#worstOption(row));
    this.base.forEach((of, row) => (this.#isIn[row * rows.classes + of] = 1));
  }

  /**
   * Of the options that are in, or else of all. Equal losses: the row's own class, then those that follow it in turn.
   */
  #worstOption(row: number): number {
    const { labels, classes } = this.#rows;
    const isAny = !this.#isIn.subarray(row * classes, (row + 1) * classes).includes(1);
    let worst = -1;
    for (let step = 0; step < classes; step++) {
      const of = (labels[row] + step) % classes;
      if (!isAny && !this.#isIn[row * classes + of]) continue;
      if (worst < 0 || this.#loss(row, of) > this.#loss(row, worst)) worst = of;
    }
    return worst;
  }

  #loss(row: number, of: number): number {
    const { labels, classes } = this.#rows;
    return of === labels[row] ? 0 : 1 - this.margins[row * (classes - 1) + rivalOf(labels[row], of)];
  }

  /** The active options, ascending. */
  active(): Int32Array {
    return this.#where((at, row, of) => this.#isIn[at] === 1 && this.base[row] !== of);
  }

  #where(isWanted: (at: number, row: number, of: number) => boolean): Int32Array {
    const { count, classes } = this.#rows;
    const found: number[] = [];
    for (let row = 0, at = 0; row < count; row++)
      for (let of = 0; of < classes; of++, at++) if (isWanted(at, row, of)) found.push(at);
    return Int32Array.from(found);
  }

  /** So many more options become active: those whose losses are nearest to that of their base. */
  activateNearest(most: number): void {
    const distances = new Float64Array(this.#isIn.length);
    const others = this.#where((at, row, of) => {
      if (this.#isIn[at]) return false;
      distances[at] = Math.abs(this.#loss(row, this.base[row]) - this.#loss(row, of));
      return true;
    });
    if (others.length > most) others.sort((a, b) => distances[a] - distances[b] || a - b);
    for (const at of others.subarray(0, most)) this.#isIn[at] = 1;
  }

  /**
   * As many options as that become active whose losses are larger than the LP knows; the worst first. @returns how many
   */
  activateContradicted(most: number): number {
    const { count, classes } = this.#rows;
    const excess = new Map<number, number>();
    for (let row = 0; row < count; row++) {
      let [known, other] = [-Infinity, -Infinity];
      let worst = -1;
      for (let of = 0; of < classes; of++) {
        const loss = this.#loss(row, of);
        if (this.#isIn[row * classes + of]) known = Math.max(known, loss);
        else if (loss > other) [other, worst] = [loss, row * classes + of];
      }
      if (other - known > tolerance) excess.set(worst, other - known);
    }
    const wrong = Int32Array.from(excess.keys()).sort((a, b) => excess.get(b)! - excess.get(a)! || a - b);
    for (const at of wrong.subarray(0, most)) this.#isIn[at] = 1;
    return wrong.length;
  }
}
