// Tested by certificate.unit.test.ts.
import type { Node, Part, Piecewise, TreeWalk } from '@mipnet/checker';
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
  const choicesOf = (choices: UnitChoices, walk: TreeWalk, { bounds }: Part): Node => {
    const { side, lower, upper, slope, multiplier } = choices;
    const chosen = { lower: [] as number[], upper: [] as number[], multipliers: [] as number[] };
    units.forEach((unit, k) => {
      const { layer, number } = walk.unit(unit);
      const [low, high] = [bounds.lower[number], bounds.upper[number]];
      if (side[k] === 0 && lower[k] < 0 && upper[k] > 0) {
        const slopes = slopesOf(layer.of, [low, high], slope[k]);
        for (const line of ['lower', 'upper'] as const)
          if (slopes[line] !== undefined) chosen[line].push(...unit, Number(slopes[line].toPrecision(5)));
      }
      // In the part, the unit may be on either side still.
      const isHeld = side[k] > 0 ? low >= 0 : side[k] < 0 && high <= 0;
      if (isHeld && multiplier[k] > 0) chosen.multipliers.push(...unit, side[k] * Number(multiplier[k].toPrecision(6)));
    });
    return chosen;
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
      if (event.kind === 'closed') return { leaf: (part) => ({ rows: [1], ...choicesOf(event.choices, walk, part) }) };
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
    if (rows !== undefined) return { leaf: () => ({ rows }) };
    const division = divisions.get(part);
    return division && { ...division, split: { input: division.input, at: division.at } };
  },
});

/**
 * The slopes of lines that a search's choice in 0..1 stands for: at a bend, between those of both pieces; at a jump, 1
 * is the edge of the convex hull and 0 the flat line.
 */
function slopesOf(f: Piecewise, [low, high]: readonly [number, number], choice: number) {
  if (f === 'floor') return {};
  const inside = f.breaks.flatMap((at, q) => (low < at && at < high ? [q] : []));
  if (inside.length !== 1) return {};
  const [q] = inside;
  const [[left, below], [right, above]] = [f.pieces[q], f.pieces[q + 1]];
  if (f.atBreak === undefined) return { [right > left ? 'lower' : 'upper']: left + choice * (right - left) };
  const rise = choice * (above - below);
  return { lower: rise / (high - f.breaks[q]), upper: rise / (f.breaks[q] - low) };
}
