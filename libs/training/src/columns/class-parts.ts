// Tested by ../splits/columns-proof.unit.test.ts.
import { scoredClasses } from './class-neuron.js';
import type { ClassPart, OpenProof, Priced } from './columns-task.js';
import type { Family } from './family.js';
import { partsOfFamily } from './pricing/parts-of-family.js';

/** What a round of pricing is divided by. */
export interface Division {
  /** Of a neuron. */
  readonly inputs: number;
  readonly classes: number;
  readonly family: Family;
  /** That a round has about, over all classes. */
  readonly parts: number;
}

/** Parts of the family per class with a score, at most. */
const perClass = ({ classes, parts }: Pick<Division, 'classes' | 'parts'>): number =>
  Math.ceil(parts / scoredClasses(classes).length);

/** Leaves of a round that is about the whole family, at most. */
export const mostParts = (division: Pick<Division, 'classes' | 'parts'>): number =>
  perClass(division) * scoredClasses(division.classes).length;

/** The whole family for every class with a score. */
export function classParts(division: Division): readonly ClassPart[] {
  const parts = partsOfFamily(division.inputs, division.family, perClass(division));
  return scoredClasses(division.classes).flatMap((of) => parts.map((part) => ({ class: of, part })));
}

/**
 * What a proof without a better neuron leaves open, in smaller parts: these have limits of their own, and one that is
 * small enough is enumerated. A part with one first input is not divided; its bound stays. Undefined if nothing can be
 * divided.
 * @param asked what the proof was about, with the results
 * @param target edges up to it improve nothing
 */
export function leftOpen(
  asked: readonly (ClassPart & { readonly priced?: Priced })[],
  before: OpenProof | undefined,
  target: number,
  { inputs, family, parts }: Division,
): OpenProof | undefined {
  const isOpen = ({ part, priced }: (typeof asked)[number]): boolean =>
    part.to - part.from > 1 && (priced?.bound ?? Infinity) > target;
  const open = asked.filter(isOpen);
  if (open.length === 0) return undefined;
  const others = asked.filter((part) => !isOpen(part));
  const each = Math.max(2, Math.ceil(parts / open.length));
  return {
    parts: open.flatMap(({ class: of, part }) =>
      partsOfFamily(inputs, family, each, part).map((smaller) => ({ class: of, part: smaller })),
    ),
    closed: Math.max(before?.closed ?? 0, ...others.map(({ priced }) => priced?.bound ?? Infinity)),
    bySolver: (before?.bySolver ?? false) || others.some(({ priced }) => priced?.boundBy === 'branch and cut'),
  };
}
