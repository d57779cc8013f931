// Tested by certificate.unit.test.ts.
import { isDecided, type Bounds, type Network } from '@mipnet/checker';

export interface UndecidedUnit {
  /** As nodes of a tree name it: the activation and the unit in it, from 0. */
  readonly unit: readonly [number, number];
  /** The numbers that it reads, and that it is. */
  readonly source: number;
  readonly number: number;
}

/** The units that have several pieces between the bounds of what they read. */
export function undecidedUnits({ layers }: Network, { lower, upper }: Bounds): UndecidedUnit[] {
  const found: UndecidedUnit[] = [];
  const activations = layers.filter((layer) => layer.kind === 'units');
  for (const [activation, { of, sources, first }] of activations.entries())
    sources.forEach((source, at) => {
      if (!isDecided(of, lower[source], upper[source]))
        found.push({ unit: [activation, at], source, number: first + at });
    });
  return found;
}
