// Tested by certificate.unit.test.ts.
import type { Node, Part, TreeWalk } from '@mipnet/checker';
import type { BranchEvent, Division, LiveNetwork, UnitChoices } from '@mipnet/branching';
import type { Network } from '@mipnet/network';

/** What a search has found out about the parts of a box; part 0 is all of it. */
export interface Hints {
  /** Nodes of the search: a tree of many more has gone astray. */
  readonly size: number;
  /** How a part divides, or what excludes it; undefined if the search says neither. */
  at(part: number, walk: TreeWalk): PartHint | undefined;
}

export type PartHint =
  | {
      readonly split: Node;
      readonly below: number;
      readonly above: number;
      /** Slopes and multipliers with which bounds of units are worth computing again. */
      readonly choices?: (part: Part) => Node;
    }
  | { readonly leaf: (part: Part) => Node };

/** The hints of branching on signs for one row. */
export function hintsOfSigns(network: Network, { open }: LiveNetwork, events: readonly BranchEvent[]): Hints {
  // The checker counts the rounding to levels among the activations.
  const activations = network.layers.flatMap(({ kind }, k) =>
    kind === 'activation' || kind === 'quantize' ? [k] : [],
  );
  const units = open.map(({ layer, unit }) => [activations.indexOf(layer), unit] as const);
  const byPart = new Map(events.map((event) => [event.part, event]));
  const choicesOf = (choices: UnitChoices, walk: TreeWalk, { sides }: Part): Node => {
    const { side, lower, upper, slope, multiplier } = choices;
    const slopes: number[] = [];
    const multipliers: number[] = [];
    units.forEach((unit, k) => {
      if (side[k] === 0 && lower[k] < 0 && upper[k] > 0) slopes.push(...unit, Number(slope[k].toFixed(4)));
      if (side[k] === 0 || !(multiplier[k] > 0)) return;
      const position = walk.positionOf(unit);
      const split = sides.findIndex((one) => one.position === position);
      if (split >= 0) multipliers.push(split, Number(multiplier[k].toPrecision(6)));
    });
    return { slopes, multipliers };
  };
  /** Of the nearest leaf below a part. */
  const nearest = (part: number): UnitChoices | undefined => {
    for (let level = [part]; level.length > 0;) {
      const found = level.map((one) => byPart.get(one)).filter((event) => event !== undefined);
      for (const event of found) if (event.kind === 'closed') return event.choices;
      level = found.flatMap((event) => (event.kind === 'split' ? [event.parts.below, event.parts.above] : []));
    }
    return undefined;
  };
  return {
    size: events.length,
    at: (number, walk) => {
      const event = byPart.get(number);
      if (event === undefined || event.kind === 'empty') return undefined;
      if (event.kind === 'closed') return { leaf: (part) => ({ row: 0, ...choicesOf(event.choices, walk, part) }) };
      const near = nearest(number);
      const choices = near && ((part: Part) => choicesOf(near, walk, part));
      return { split: { unit: units[event.unit], at: 0 }, ...event.parts, choices };
    },
  };
}

/**
 * The hints of branching on inputs for one conjunction.
 * @param weights of the conjunction's rows, by the parts on which their sum excludes it
 */
export const hintsOfInputs = (
  divisions: ReadonlyMap<number, Division>,
  weights: ReadonlyMap<number, readonly number[]>,
): Hints => ({
  size: 2 * divisions.size + 1,
  at: (part) => {
    const rows = weights.get(part);
    if (rows !== undefined) return { leaf: () => (rows.length === 1 ? { row: 0 } : { rows }) };
    const division = divisions.get(part);
    return division && { ...division, split: { input: division.input, at: division.at } };
  },
});
