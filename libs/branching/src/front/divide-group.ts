// Tested by front-bound.unit.test.ts.
import { looser, type AffineForm } from './affine-form.js';
import { choicesOf, type Choices } from './choices.js';
import type { Rows } from './cell-bound.js';
import { sumForm, type FrontNumbers, type Recipe } from './front-numbers.js';
import { LocalBox } from './local-box.js';

/** A part of a box on which all numbers of a group are affine. */
export interface Part {
  /** They are at least 0 there, errors included; elsewhere some may be below. */
  readonly where: readonly AffineForm[];
  readonly rows: Rows;
  readonly outputs: readonly AffineForm[];
}

export interface Division {
  readonly local: LocalBox;
  /** Together they are the whole box. */
  readonly parts: readonly Part[];
}

const [mostParts, mostInputs] = [1024, 64];

/**
 * Divides the box of a group's inputs by what its undecided units can be, one after the other, as far as the rows
 * before leave more than one choice. Undefined if there would be too many parts or inputs, or if `stopped` says
 * so.
 * @param outputs numbers of the group
 */
export function divideGroup(
  numbers: FrontNumbers,
  group: number,
  outputs: readonly number[],
  stopped: () => boolean,
): Division | undefined {
  const cone = coneOf(numbers, group, outputs);
  const inputs = inputsOf(numbers, group, cone);
  if (inputs.length > mostInputs) return undefined;
  const local = new LocalBox(inputs, numbers);
  const forms = new Map<number, AffineForm>();
  const formOf = (number: number): AffineForm => forms.get(number) ?? numbers.affineForm(number);
  const where: AffineForm[] = [];
  const parts: Part[] = [];
  /** Divides what `where` says by the numbers from position t of the cone on. False if there are too many parts. */
  const divide = (t: number): boolean => {
    if (stopped()) return false;
    const rows = local.rowsOf(where);
    while (t < cone.length) {
      const { number, recipe } = cone[t++];
      if (recipe.kind === 'sum') {
        forms.set(number, sumForm(recipe, formOf));
        continue;
      }
      for (const { form, said, isSure } of possibleChoices(choicesOf(recipe, formOf), local, rows)) {
        forms.set(number, form);
        where.push(...said);
        const isDone = divide(t);
        where.length -= said.length;
        if (!isDone) return false;
        if (isSure) break;
      }
      return true;
    }
    parts.push({ where: where.slice(), rows, outputs: outputs.map(formOf) });
    return parts.length <= mostParts;
  };
  return divide(0) && parts.length > 0 ? { local, parts } : undefined;
}

interface PossibleChoice {
  readonly form: AffineForm;
  /** What is not known of the points before. */
  readonly said: readonly AffineForm[];
  /** It holds at all of the points. */
  readonly isSure: boolean;
}

/**
 * The choices that hold at some of the points. Of a unit that does not jump, a choice that holds by no more than about
 * the rounding of its numbers is left out: the one beyond is as large but for that, and stands for both.
 */
function possibleChoices({ all, steepness }: Choices, local: LocalBox, rows: Rows): readonly PossibleChoice[] {
  const bounded = all.map(({ form, where }) => ({
    form,
    where: where.map((condition) => ({
      ...condition,
      isKnown: local.least(condition.row, rows) > 0,
      most: local.most(condition.row, rows),
    })),
  }));
  const left = new Set([...bounded.keys()].filter((k) => bounded[k].where.every(({ most }) => most >= 0)));
  let slack = 0;
  if (steepness !== undefined && left.size > 1)
    for (const k of left) {
      const narrow = bounded[k].where.find(
        ({ row, most, beyond }) => left.has(beyond) && most <= 16 * row.error + 1e-12 * row.size,
      );
      if (narrow === undefined) continue;
      left.delete(k);
      slack += narrow.most + 2 * narrow.row.error;
    }
  return [...left].map((k) => {
    const { form, where } = bounded[k];
    const said = where.filter(({ isKnown }) => !isKnown).map(({ row }) => looser(row, slack));
    return { form: looser(form, (steepness ?? 0) * slack), said, isSure: said.length === 0 };
  });
}

interface Made {
  readonly number: number;
  readonly recipe: Recipe;
}

/** The numbers of the group that outputs depend on, each after those that it is made of. */
function coneOf(numbers: FrontNumbers, group: number, outputs: readonly number[]): readonly Made[] {
  const cone = new Map<number, Recipe>();
  const visit = (number: number): void => {
    if (cone.has(number) || numbers.groupOf(number) !== group) return;
    const recipe = numbers.recipeOf(number);
    cone.set(number, recipe);
    recipe.of.forEach(visit);
  };
  outputs.forEach(visit);
  return [...cone].map(([number, recipe]) => ({ number, recipe })).sort((one, other) => one.number - other.number);
}

function inputsOf(numbers: FrontNumbers, group: number, cone: readonly Made[]): readonly number[] {
  const read = cone.flatMap(({ recipe }) => recipe.of.filter((number) => numbers.groupOf(number) !== group));
  const inputs = new Set(read.flatMap((number) => [...numbers.affineForm(number).coefficients.keys()]));
  return [...inputs].sort((one, other) => one - other);
}
