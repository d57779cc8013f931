import {
  forwardTrace,
  layerMaps,
  piecesOf,
  type Break,
  type MaximumMap,
  type Network,
  type PiecewiseLinear,
} from '@mipnet/network';
import type { Box } from '../region.js';

/** A convex polygon in the plane of the two inputs. */
type Polygon = readonly (readonly [number, number])[];

/** An affine function of the two inputs: value = constant + x * first + y * second. */
type Affine = readonly [constant: number, first: number, second: number];

/** A part of the box on which every unit keeps its side, and the outputs there. */
export interface Cell {
  readonly corners: Polygon;
  readonly outputs: readonly Affine[];
}

/**
 * All cells of a chain of dense layers, activations and max pools on two inputs: the box, cut along the lines where a
 * unit changes its piece or another number of a window becomes the largest, unit by unit. An enumeration of activation
 * patterns that uses no solver and no bound: verdicts are compared with it. The edge between two cells of a jump
 * belongs to both; cells of a point or a segment may be missing or made by rounding.
 */
export function planeCells(network: Network, { lower, upper }: Box): Cell[] {
  const square: Polygon = [
    [lower[0], lower[1]],
    [upper[0], lower[1]],
    [upper[0], upper[1]],
    [lower[0], upper[1]],
  ];
  let cells: Cell[] = [
    {
      corners: square,
      outputs: [
        [0, 1, 0],
        [0, 0, 1],
      ],
    },
  ];
  const maps = layerMaps(network);
  for (const [k, layer] of network.layers.entries()) {
    const map = maps[k];
    if (layer.kind === 'dense') {
      const { weights, bias, inputs } = layer;
      cells = cells.map(({ corners, outputs }) => ({
        corners,
        outputs: Array.from(bias, (constant, j) =>
          outputs.reduce<Affine>(
            (sum, unit, i) => [
              sum[0] + weights[j * inputs + i] * unit[0],
              sum[1] + weights[j * inputs + i] * unit[1],
              sum[2] + weights[j * inputs + i] * unit[2],
            ],
            [constant, 0, 0],
          ),
        ),
      }));
    } else if (layer.kind === 'activation') {
      const pieces = piecesOf(layer);
      for (let j = 0; j < cells[0].outputs.length; j++)
        cells = cells.flatMap((cell) => pieces.pieces.flatMap((_, k) => onPiece(cell, j, pieces, k)));
    } else if (map.kind === 'maximum') {
      cells = cells.flatMap((cell) => largest(cell, map));
    } else if (map.kind !== 'identity') throw new Error(`cells of a ${layer.kind} layer are not known here`);
  }
  return cells;
}

/** The part of a cell where unit j is on piece k: none, or one. The break itself is on the side that it belongs to. */
function onPiece({ corners, outputs }: Cell, j: number, { breaks, pieces }: PiecewiseLinear, k: number): Cell[] {
  const from = outputs[j];
  const beyond = ({ at }: Break): Affine => [from[0] - at, from[1], from[2]];
  const [start, end] = [breaks[k - 1], breaks[k]];
  let part = corners;
  if (start) {
    if (start.belongsTo === 'left' && !part.some((corner) => valueAt(beyond(start), corner) > 0)) return [];
    part = clipped(part, beyond(start), 1);
  }
  if (end) {
    if (end.belongsTo === 'right' && !part.some((corner) => valueAt(beyond(end), corner) < 0)) return [];
    part = clipped(part, beyond(end), -1);
  }
  if (part.length === 0) return [];
  const { slope, offset } = pieces[k];
  return [{ corners: part, outputs: outputs.with(j, [slope * from[0] + offset, slope * from[1], slope * from[2]]) }];
}

/** The parts of a cell on each of which one number of every window is the largest. */
function largest({ corners, outputs: from }: Cell, { starts, indices, outputs }: MaximumMap): Cell[] {
  let cells: Cell[] = [{ corners, outputs: [] }];
  for (let j = 0; j < outputs; j++) {
    const window = [...indices.subarray(starts[j], starts[j + 1])];
    cells = cells.flatMap((cell) =>
      window.flatMap((i) => {
        const isLargest = (part: Polygon, other: number): Polygon => {
          const excess = from[i].map((number, at) => number - from[other][at]) as [number, number, number];
          return clipped(part, excess, 1);
        };
        const part = window.filter((other) => other !== i).reduce(isLargest, cell.corners);
        return part.length === 0 ? [] : [{ corners: part, outputs: [...cell.outputs, from[i]] }];
      }),
    );
  }
  return cells;
}

export const valueAt = ([constant, first, second]: Affine, [x, y]: readonly [number, number]): number =>
  constant + first * x + second * y;

/** Twice the area: a cell with area 0 may be one that rounding made. */
export const doubleArea = (corners: Polygon): number =>
  Math.abs(
    corners.reduce(
      (sum, [x, y], k) =>
        sum +
        corners[(k + corners.length - 1) % corners.length][0] * y -
        corners[(k + corners.length - 1) % corners.length][1] * x,
      0,
    ),
  );

/** The part of a polygon with side * value >= 0 (Sutherland and Hodgman). */
function clipped(corners: Polygon, unit: Affine, side: number): Polygon {
  const kept: [number, number][] = [];
  corners.forEach((corner, k) => {
    const before = corners[(k + corners.length - 1) % corners.length];
    const [at, was] = [side * valueAt(unit, corner), side * valueAt(unit, before)];
    if (at * was < 0) {
      const share = was / (was - at);
      kept.push([before[0] + share * (corner[0] - before[0]), before[1] + share * (corner[1] - before[1])]);
    }
    if (at >= 0) kept.push([corner[0], corner[1]]);
  });
  return kept;
}

/** Every layer's output at the corners of all cells, which lie in the box: a wrong bound would show there. */
export function* tracesAtCorners(
  network: Network,
  cells: readonly Cell[],
  { lower, upper }: Box,
): Generator<Float64Array[]> {
  for (const { corners } of cells) {
    for (const corner of corners)
      yield forwardTrace(
        network,
        Float64Array.from(corner, (value, i) => Math.min(upper[i], Math.max(lower[i], value))),
      );
  }
}
