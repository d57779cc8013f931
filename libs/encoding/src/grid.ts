import {
  isIntegerValued,
  piecesOf,
  sourcesOf,
  type AffineLayer,
  type Layer,
  type PiecewiseLinear,
  type Scale,
} from '@mipnet/network';

/**
 * The step g such that every output of the layers is a multiple of g if the inputs are multiples of `input`; null if
 * there is none. Images have 1/255; on a grid, signs can be made exact by biases on its half steps.
 */
export function gridAfter(layers: readonly Layer[], input: number | null): number | null {
  const sources = sourcesOf({ layers });
  const grids: (number | null)[] = [];
  layers.forEach((layer, k) => {
    const read = sources[k].map((source) => (source < 0 ? input : grids[source]));
    grids.push(afterLayer(layer, read.reduce(commonGrid)));
  });
  return grids.length === 0 ? input : grids[grids.length - 1];
}

/** A step of which both are multiples; null unless one is a multiple of the other. */
function commonGrid(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return null;
  const [small, large] = one < other ? [one, other] : [other, one];
  return Math.abs(large / small - Math.round(large / small)) < 1e-9 ? small : null;
}

function afterLayer(layer: Layer, grid: number | null): number | null {
  switch (layer.kind) {
    case 'flatten':
    case 'maxPool2d':
    case 'add':
    case 'concat':
      return grid;
    case 'select':
      return layer.constants?.some((constant) => constant !== 0) ? null : grid;
    case 'quantize':
      return 1 / layer.levels;
    case 'averagePool2d':
      return grid === null || (layer.pads.some((pad) => pad > 0) && !layer.countIncludePad)
        ? null
        : grid / (layer.kernel[0] * layer.kernel[1]);
    case 'activation':
      return activationGrid(piecesOf(layer), grid);
    case 'dense':
    case 'conv2d':
      return grid === null ? null : affineGrid(layer, grid);
    case 'scale':
      return grid === null ? null : scaleGrid(layer, grid);
    case 'fill':
      return null;
  }
}

/** Whole factors keep the grid, if the offsets lie on it. */
const scaleGrid = ({ factor, offset }: Scale, grid: number): number | null =>
  factor.every(Number.isInteger) && offset.every((value) => Number.isInteger(value / grid)) ? grid : null;

/** Integers if all values are integers; otherwise integer slopes keep the grid, if the offsets lie on it. */
function activationGrid(f: PiecewiseLinear, grid: number | null): number | null {
  if (isIntegerValued(f)) return 1;
  if (grid === null || !f.pieces.every(({ slope }) => Number.isInteger(slope))) return null;
  return f.pieces.every(({ offset }) => Number.isInteger(offset / grid)) ? grid : null;
}

/** Integer weights keep the grid; biases on it keep it too, and biases on its half steps (trained ones) halve it. */
function affineGrid({ weights, bias }: AffineLayer, grid: number): number | null {
  if (!weights.every(Number.isInteger)) return null;
  return (
    [grid, grid / 2].find((step) => bias.every((value) => Math.abs(value / step - Math.round(value / step)) < 1e-9)) ??
    null
  );
}

/** The odd multiple of grid / 2 nearest to the value. */
export const halfGrid = (value: number, grid: number): number => (Math.floor(value / grid) + 0.5) * grid;
