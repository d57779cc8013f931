import { groupedBy } from './grouped.js';
import type { Row } from './measurement.js';

/** Relative to the values: more than the solver's tolerances explain. */
const tolerance = 1e-4;

/**
 * All formulations and bounds state one problem, so all of them have the same optimum. Reports, in a sentence each,
 * every row whose claim another row refutes, and every incumbent that its own replay refutes.
 */
export function disagreements(rows: readonly Row[]): string[] {
  return [...groupedBy(rows, problemOf)].flatMap(([problem, same]) => disagreementsOf(problem, same));
}

function disagreementsOf(problem: string, rows: readonly Row[]): string[] {
  const broken = rows.filter(({ contradiction }) => contradiction !== null);
  const sound = rows.filter(({ contradiction }) => contradiction === null);
  const known = sound.filter(({ objective }) => objective !== null);
  const best = known.reduce<Row | undefined>(
    (least, row) => (least === undefined || row.objective! < least.objective! ? row : least),
    undefined,
  );
  const of = ({ formulation, bounds }: Row): string => `${formulation} on ${bounds} bounds`;
  const refuted =
    best === undefined
      ? []
      : sound.flatMap((row) => {
          if (row.status === 'infeasible')
            return [`${problem}: ${of(row)} says that there is no point, ${of(best)} has one of ${best.objective}`];
          const isAbove =
            row.bound !== null && row.bound > best.objective! + tolerance * Math.max(1, Math.abs(best.objective!));
          return isAbove
            ? [`${problem}: ${of(row)} says that nothing is below ${row.bound}, ${of(best)} has ${best.objective}`]
            : [];
        });
  return [...broken.map((row) => `${problem}: ${of(row)}: ${row.contradiction}`), ...refuted];
}

/** The key of the problem that all formulations and bounds share. */
const problemOf = ({ network, query, image }: Row): string => `${network}, ${query}, image ${image}`;

/** The best replayed value known of each row's problem; null if no row has a point. */
export function bestKnown(rows: readonly Row[]): (row: Row) => number | null {
  const best = new Map<string, number>();
  for (const row of rows) {
    if (row.objective === null || row.contradiction !== null) continue;
    best.set(problemOf(row), Math.min(best.get(problemOf(row)) ?? Infinity, row.objective));
  }
  return (row) => best.get(problemOf(row)) ?? null;
}
