// Tested by front-bound.unit.test.ts.
import { valueOf } from '@mipnet/network';
import { difference, distinct, negative, shifted, type AffineForm } from './affine-form.js';
import { pieceForm, type MaximumRecipe, type UnitRecipe } from './front-numbers.js';

/** What an undecided unit can be: one of its pieces, or one of the numbers that can be the largest. */
export interface Choice {
  readonly form: AffineForm;
  readonly where: readonly Condition[];
}

/** If the choice holds, `row` is at least 0, errors included. */
export interface Condition {
  readonly row: AffineForm;
  /** The choice beyond: it is as large where the row is 0, unless the unit jumps there. */
  readonly beyond: number;
}

/** All choices of a unit, and how far they can be apart per distance from the edge between them. */
export interface Choices {
  readonly all: readonly Choice[];
  /** Undefined if the unit jumps. */
  readonly steepness?: number;
}

export function choicesOf(recipe: UnitRecipe | MaximumRecipe, formOf: (number: number) => AffineForm): Choices {
  if (recipe.kind === 'maximum') {
    const forms = distinct(recipe.of.map(formOf));
    const all = forms.map((form, k) => ({
      form,
      where: forms.flatMap((other, at) => (at === k ? [] : [{ row: difference(form, other), beyond: at }])),
    }));
    return { all, steepness: 1 };
  }
  const { pieces } = recipe;
  const read = formOf(recipe.of[0]);
  const all = pieces.map((piece, k) => ({
    form: pieceForm(recipe, piece, formOf),
    where: [
      ...(piece.low > -Infinity ? [{ row: shifted(read, -piece.low), beyond: k - 1 }] : []),
      ...(piece.high < Infinity ? [{ row: shifted(negative(read), piece.high), beyond: k + 1 }] : []),
    ],
  }));
  const jumps = pieces.some((piece, k) => k > 0 && valueOf(pieces[k - 1], piece.low) !== valueOf(piece, piece.low));
  if (jumps) return { all };
  return { all, steepness: 2 * Math.max(...pieces.map(({ slope }) => Math.abs(slope))) };
}
