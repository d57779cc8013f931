import type { Region } from './region.js';
import { VerificationError } from './verification-error.js';

/** Holds at the outputs y if coefficients . y + constant >= 0 (> 0 if strict). One coefficient per output. */
export interface OutputRow {
  readonly coefficients: Float64Array;
  readonly constant: number;
  /** For ties that the network decides: `coefficients . y + constant` must be above zero. @default false */
  readonly strict?: boolean;
}

/** All rows hold. Without rows: always. */
export type Conjunction = readonly OutputRow[];

/**
 * Is there an input in the region whose outputs are unsafe, that is, satisfy one of the conjunctions? `any` asks
 * for one such input, `closest` for the one nearest to the centre of the region's ball.
 */
export interface Query {
  readonly region: Region;
  readonly unsafe: readonly Conjunction[];
  readonly goal: 'any' | 'closest';
}

/** @throws VerificationError 'query' if a row does not fit the others, or the region of `closest` has no ball */
export function query(region: Region, unsafe: readonly Conjunction[], goal: Query['goal'] = 'any'): Query {
  const lengths = new Set(unsafe.flat().map((row) => row.coefficients.length));
  if (lengths.size > 1)
    throw new VerificationError('query', `rows on ${[...lengths].join(' and ')} outputs do not fit together`);
  if (goal === 'closest' && region.ball === undefined) {
    throw new VerificationError('query', "'closest' needs a ball: give an image and a norm instead of a box");
  }
  return { region, unsafe, goal };
}

/** @throws VerificationError 'query' if the query has other inputs or outputs than the network */
export function requireFit({ region, unsafe }: Query, inputs: number, outputs: number): void {
  if (region.box.lower.length !== inputs) {
    throw new VerificationError(
      'query',
      `the query is about ${region.box.lower.length} inputs, but the network has ${inputs}`,
    );
  }
  const row = unsafe.flat().find(({ coefficients }) => coefficients.length !== outputs);
  if (row !== undefined)
    throw new VerificationError(
      'query',
      `the query is about ${row.coefficients.length} outputs, but the network has ${outputs}`,
    );
}

/** coefficients . y + constant, for the outputs at `start`. */
export function rowValue(row: OutputRow, outputs: Float64Array, start = 0): number {
  let sum = row.constant;
  for (let j = 0; j < row.coefficients.length; j++) {
    if (row.coefficients[j] !== 0) sum += row.coefficients[j] * outputs[start + j];
  }
  return sum;
}

export const rowHolds = (row: OutputRow, value: number): boolean => (row.strict === true ? value > 0 : value >= 0);

/** The least value of the rows: how far the outputs are inside the conjunction, negative outside of it. */
export function conjunctionValue(conjunction: Conjunction, outputs: Float64Array, start = 0): number {
  let least = Infinity;
  for (const row of conjunction) least = Math.min(least, rowValue(row, outputs, start));
  return least;
}

/** The largest value of the conjunctions: how unsafe the outputs are. Minus infinity if nothing is unsafe. */
export function unsafeValue(unsafe: readonly Conjunction[], outputs: Float64Array, start = 0): number {
  let largest = -Infinity;
  for (const conjunction of unsafe) largest = Math.max(largest, conjunctionValue(conjunction, outputs, start));
  return largest;
}

/** Whether one of the conjunctions holds, exactly. */
export function isUnsafe(unsafe: readonly Conjunction[], outputs: Float64Array, start = 0): boolean {
  return unsafe.some((conjunction) => conjunction.every((row) => rowHolds(row, rowValue(row, outputs, start))));
}
