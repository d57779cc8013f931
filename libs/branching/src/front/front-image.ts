// Tested by front-bound.unit.test.ts.
import { boundsBefore, roundOff, type Box, type NetworkBounds } from '@mipnet/bounds';
import type { PlacedMap } from '@mipnet/network';
import { affine, type Front } from './find-front.js';
import { FrontNumbers } from './front-numbers.js';
import { groupCells, type Group } from './group-cells.js';

/** Affine functions of a network's inputs in compressed sparse rows. */
export interface AffineRows {
  readonly inputs: number;
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly values: Float64Array;
  readonly bias: Float64Array;
  /** How far each one can be off for a coefficient of 1. */
  readonly slack: Float64Array;
}

export interface PlacedGroup extends Group {
  /** Positions of its outputs in the boundary. */
  readonly positions: Int32Array;
}

/**
 * What the numbers of a front's boundary can be, one layer after the other, for inputs in a box: some are affine, those
 * of a group are affine on each of its cells, and of the others only bounds are known.
 */
export interface FrontImage {
  readonly input: Box;
  readonly bounds: Box;
  /** Rows of numbers that are not affine are empty. */
  readonly affine: AffineRows;
  readonly groups: readonly PlacedGroup[];
  /** Positions of the others. */
  readonly others: Int32Array;
}

/** Bounds of forms that may be computed for all cells: some seconds. */
const mostWork = 300_000;

/** Undefined if most groups have too many cells, if all together cost too much, or if `stopped` says so. */
export function frontImage(
  maps: readonly PlacedMap[],
  bounds: NetworkBounds,
  front: Front,
  stopped: () => boolean,
): FrontImage | undefined {
  const numbers = new FrontNumbers(maps, bounds, front);
  const outputs = front.boundary.flatMap((layer) =>
    Array.from({ length: maps[layer].outputs }, (_, at) => numbers.numberOf(layer, at)),
  );
  const byGroup = new Map<number, number[]>();
  outputs.forEach((number, position) => {
    const group = numbers.groupOf(number);
    if (group === affine) return;
    const positions = byGroup.get(group);
    if (positions === undefined) byGroup.set(group, [position]);
    else positions.push(position);
  });
  const isOver = (): boolean => numbers.work > mostWork || stopped();
  const groups: PlacedGroup[] = [];
  const others: number[] = [];
  for (const [group, positions] of byGroup) {
    if (isOver()) return undefined;
    const found = groupCells(
      numbers,
      group,
      positions.map((position) => outputs[position]),
      isOver,
    );
    if (found === undefined) others.push(...positions);
    else groups.push({ ...found, positions: Int32Array.from(positions) });
  }
  if (2 * groups.length < byGroup.size) return undefined;
  return {
    input: bounds.input,
    bounds: boundsBefore(bounds, front.boundary),
    affine: affineRows(numbers, outputs),
    groups,
    others: Int32Array.from(others),
  };
}

function affineRows(numbers: FrontNumbers, outputs: readonly number[]): AffineRows {
  const starts = new Int32Array(outputs.length + 1);
  const [indices, values]: [number[], number[]] = [[], []];
  const [bias, slack] = [new Float64Array(outputs.length), new Float64Array(outputs.length)];
  outputs.forEach((number, position) => {
    if (numbers.groupOf(number) === affine) {
      const { coefficients, constant, error, size } = numbers.affineForm(number);
      indices.push(...coefficients.keys());
      values.push(...coefficients.values());
      bias[position] = constant;
      slack[position] = error + roundOff(2 * outputs.length + coefficients.size, size + error);
    }
    starts[position + 1] = indices.length;
  });
  return {
    inputs: numbers.bounds.input.lower.length,
    starts,
    indices: Int32Array.from(indices),
    values: Float64Array.from(values),
    bias,
    slack,
  };
}
