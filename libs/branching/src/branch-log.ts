// Tested by branch-on-signs.unit.test.ts.
import type { UnitChoices, UnitSides } from './form-bound.js';

/**
 * One event of a search, in the order in which they happen. Parts of the box are numbered from 0, the whole box. A row
 * is excluded if, from part 0 down its splits, each part is closed for the row, empty, or split into such parts. In a
 * search that ends undecided, some parts have no event.
 *
 * What a leaf relies on: `choices.lower` and `choices.upper`, proven bounds on the input of every undecided unit under
 * the sides of the part. They come from the bounds that the live network was made from and, below a split, from
 * `Retightening`: forms of plus and minus the inputs of later units, bounded under the sides and bounds of the part. A
 * checker may compute these bounds in any valid way; what counts is that its own bound of a leaf excludes the row.
 */
export type BranchEvent =
  /** `unit`: its number among `LiveNetwork.open`, which tells layer and position. */
  | { readonly kind: 'split'; readonly part: number; readonly unit: number; readonly parts: SplitParts }
  /**
   * The form of this row is above the target on the whole part, by these slopes and multipliers. A part may be split
   * for its other rows afterwards; this one has no event below it.
   */
  | {
      readonly kind: 'closed';
      readonly part: number;
      readonly row: number;
      readonly bound: number;
      readonly choices: UnitChoices;
    }
  /** The bounds of some unit contradict each other under the sides of the part: it has no input. */
  | { readonly kind: 'empty'; readonly part: number; readonly sides: UnitSides };

/** Numbers of the parts with the unit at or above zero, and at or below. */
export interface SplitParts {
  readonly above: number;
  readonly below: number;
}
