// Tested by front-bound.unit.test.ts.
import { distinct, keyOf, looser, type AffineForm } from './affine-form.js';
import type { Rows } from './cell-bound.js';
import { divideGroup, type Division, type Part } from './divide-group.js';
import type { FrontNumbers } from './front-numbers.js';

/** A part of a box on which the outputs of a group are affine functions of its inputs. */
export interface Cell {
  readonly where: Rows;
  /** Row-major, outputs by inputs. */
  readonly forms: Float64Array;
  readonly constants: Float64Array;
}

/** Numbers of a front that depend on the same undecided units. */
export interface Group {
  /** Inputs that they depend on, ascending, and their box. */
  readonly inputs: Int32Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Of each output, on every cell: how far it can be from its form, and the largest sum of absolute values. */
  readonly errors: Float64Array;
  readonly sizes: Float64Array;
  /** Together they are the whole box. */
  readonly cells: readonly Cell[];
}

/** Undefined as `divideGroup`. @param outputs numbers of the group */
export function groupCells(
  numbers: FrontNumbers,
  group: number,
  outputs: readonly number[],
  stopped: () => boolean,
): Group | undefined {
  const division = divideGroup(numbers, group, outputs, stopped);
  if (division === undefined) return undefined;
  const { local, parts } = division;
  const largest = (of: (form: AffineForm) => number): Float64Array =>
    Float64Array.from(outputs, (_, k) => parts.reduce((most, part) => Math.max(most, of(part.outputs[k])), 0));
  const alike = new Map<string, Part[]>();
  for (const part of parts) {
    const key = part.outputs.map(keyOf).join('; ');
    alike.set(key, [...(alike.get(key) ?? []), part]);
  }
  return {
    inputs: Int32Array.from(local.inputs),
    ...local.box,
    errors: largest(({ error }) => error),
    sizes: largest(({ size }) => size),
    cells: [...alike.values()].map((some) => mergedCell(division, some, stopped)),
  };
}

/**
 * One cell of parts with the same outputs: where all rows hold that hold in each of the parts. If the parts together
 * are convex, these rows describe them exactly; in any case they hold in all of them.
 */
function mergedCell({ local }: Division, parts: readonly Part[], stopped: () => boolean): Cell {
  const candidates = distinct(parts.flatMap(({ where }) => where));
  // A row may miss a part by the rounding of the rows: then it is loosened by that.
  const tolerance = ({ size }: AffineForm): number => 1e-9 * size;
  const known = parts.map(({ where }) => new Set(where.map(keyOf)));
  // Without some of its rows a cell is larger, so the bounds are looser.
  const holds = (row: AffineForm): boolean =>
    !stopped() &&
    parts.every(
      ({ rows }, k) => known[k].has(keyOf(row)) || local.least(row, rows) + 2 * row.error + tolerance(row) >= 0,
    );
  let kept = parts.length === 1 ? candidates : candidates.filter(holds).map((row) => looser(row, 2 * tolerance(row)));
  for (const row of kept) {
    if (stopped()) break;
    const others = kept.filter((other) => other !== row);
    if (local.least(row, local.rowsOf(others)) + 2 * row.error >= 0) kept = others;
  }
  const { outputs } = parts[0];
  const forms = new Float64Array(outputs.length * local.inputs.length);
  outputs.forEach((form, k) => forms.set(local.dense(form), k * local.inputs.length));
  return { where: local.rowsOf(kept), forms, constants: Float64Array.from(outputs, ({ constant }) => constant) };
}
