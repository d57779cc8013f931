import { bestKnown } from './disagreements.js';
import { groupedBy } from './grouped.js';
import { isSolved, type InstanceName, type Row } from './measurement.js';

/**
 * What rows of one formulation and one kind of bounds have in common: over the images of one network, or over all
 * networks.
 */
export interface Aggregate extends Pick<InstanceName, 'query' | 'bounds' | 'formulation'> {
  /** Null: over all networks. */
  readonly network: string | null;
  readonly instances: number;
  /** Share of instances proven optimal or infeasible within the limit, 0..1. */
  readonly solved: number;
  /** Means. */
  readonly columns: number;
  readonly rows: number;
  readonly binaries: number;
  readonly nonZeros: number;
  /** Mean gap of the LP relaxation (`relaxationGap`), over the instances whose relaxation and best value are known. */
  readonly lpGap: number | null;
  /** The same of the solver's bound when it began to branch. */
  readonly rootGap: number | null;
  /**
   * Shifted geometric means: of nodes (shift 10), and of seconds (shift 1; an unsolved instance counts with what it
   * took).
   */
  readonly nodes: number;
  readonly secondsOfBounds: number;
  /** Relaxation, cut rounds and MIP. */
  readonly secondsOfSolve: number;
}

/** One aggregate for each network, and then one over all networks, for each query, kind of bounds and formulation. */
export function aggregates(rows: readonly Row[]): Aggregate[] {
  const best = bestKnown(rows);
  const measured = rows.filter(({ status }) => status !== 'failed');
  const by = (network: (row: Row) => string | null): Aggregate[] =>
    [
      ...groupedBy(measured, (row) => JSON.stringify([row.query, network(row), row.bounds, row.formulation])).values(),
    ].map((group) => aggregateOf(group, network(group[0]), best));
  return [...by(({ network }) => network), ...by(() => null)];
}

function aggregateOf(rows: readonly Row[], network: string | null, best: (row: Row) => number | null): Aggregate {
  const [{ query, bounds, formulation }] = rows;
  const gaps = (value: (row: Row) => number | null): number | null =>
    meanOf(rows.map((row) => relaxationGap(best(row), value(row))).filter((gap) => gap !== null));
  const mean = (value: (row: Row) => number): number => meanOf(rows.map(value))!;
  return {
    network,
    query,
    bounds,
    formulation,
    instances: rows.length,
    solved: rows.filter(isSolved).length / rows.length,
    columns: mean((row) => row.columns),
    rows: mean((row) => row.rows),
    binaries: mean((row) => row.binaries),
    nonZeros: mean((row) => row.nonZeros),
    lpGap: gaps(({ relaxation }) => relaxation),
    rootGap: gaps(({ root }) => root),
    nodes: shiftedMean(
      rows.map(({ nodes }) => nodes),
      10,
    ),
    secondsOfBounds: shiftedMean(
      rows.map(({ seconds }) => seconds.bounds),
      1,
    ),
    secondsOfSolve: shiftedMean(
      rows.map(({ seconds }) => seconds.relaxation + seconds.solve),
      1,
    ),
  };
}

/**
 * How far a bound is below the best value known, as a share of the larger of the two: 0 is tight; 1 is worth nothing
 * for a value that cannot be negative, such as a distance.
 */
export function relaxationGap(best: number | null, bound: number | null): number | null {
  if (best === null || bound === null) return null;
  return Math.max(0, best - bound) / Math.max(Math.abs(best), Math.abs(bound), 1e-9);
}

const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

/** exp(mean(log(value + shift))) - shift: large values do not decide alone, and neither do tiny ones. */
export const shiftedMean = (values: readonly number[], shift: number): number =>
  Math.exp(meanOf(values.map((value) => Math.log(value + shift)))!) - shift;
