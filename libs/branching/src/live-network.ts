import type { Network } from '@mipnet/network';
import { layerMaps, type ElementwiseMap, type LayerMap, type MaximumMap } from '@mipnet/network';
import { boundsBefore, magnitudes, type Box, type NetworkBounds } from '@mipnet/bounds';
import { errorsOf } from '@mipnet/bounds';
import { liveAffine, type LiveAffine } from './live-affine.js';
import { linesAround, type Lines } from '@mipnet/bounds';
import { maximumLines } from '@mipnet/bounds';

export type { LiveAffine } from './live-affine.js';

/** Units that do one thing on each side of zero: relu, step (low 0, high 1), sign (low -1, high 1). */
export interface LiveSwitch {
  readonly kind: 'switch';
  readonly outputs: number;
  /** For each unit: its number among the open units; -1 where it is always above zero, -2 where it is always below. */
  readonly open: Int32Array;
  /** Largest absolute value of what goes in. */
  readonly size: Float64Array;
  /** Both absent: relu. */
  readonly low?: number;
  readonly high?: number;
}

/** Any other function of one unit, between two fixed lines. */
export interface LiveLines {
  readonly kind: 'lines';
  readonly outputs: number;
  readonly lines: readonly Lines[];
  readonly size: Float64Array;
}

/** y_j = max of a window: at least x_best, at most the ceiling (infinite where x_best is the maximum). */
export interface LiveMaximum {
  readonly kind: 'maximum';
  readonly outputs: number;
  readonly best: Int32Array;
  readonly ceiling: Float64Array;
  readonly size: Float64Array;
}

export type LiveStep = LiveAffine | LiveSwitch | LiveLines | LiveMaximum;

/** A unit of a switch whose side the bounds leave open. */
export interface OpenUnit {
  /** Position of the switch in `steps`, and of the unit in it. */
  readonly step: number;
  readonly position: number;
}

/**
 * A network on a box without what its bounds settle: units that are silent are gone, so that the thousands of passes of a
 * search touch what matters only. The steps are the layers that do something.
 */
export interface LiveNetwork {
  readonly input: Box;
  readonly steps: readonly LiveStep[];
  readonly open: readonly OpenUnit[];
  /** Of what goes into each open unit. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** @param bounds proven, on all layers */
export function liveNetwork(network: Network, bounds: NetworkBounds): LiveNetwork {
  const maps = layerMaps(network);
  const live = liveUnits(maps, bounds);
  const steps: LiveStep[] = [];
  const open: OpenUnit[] = [];
  const lower: number[] = [];
  const upper: number[] = [];
  maps.forEach((map, k) => {
    const box = boundsBefore(bounds, k);
    if (map.kind === 'affine')
      steps.push(
        liveAffine(map, magnitudes(box), errorsOf(map, bounds, k), [
          k === 0 ? everyUnit(map.inputs) : live[k - 1],
          live[k],
        ]),
      );
    else if (map.kind === 'maximum') steps.push(liveMaximum(map, box));
    else if (map.kind === 'elementwise') {
      const own = switchOf(map, box, live[k]);
      if (own === undefined) steps.push(liveLines(map, box, bounds.layers[k], errorsOf(map, bounds, k)));
      else {
        const at = steps.push(own) - 1;
        own.open.forEach((state, position) => {
          if (state < 0) return;
          own.open[position] = open.push({ step: at, position }) - 1;
          lower.push(box.lower[live[k][position]]);
          upper.push(box.upper[live[k][position]]);
        });
      }
    }
  });
  return { input: bounds.input, steps, open, lower: Float64Array.from(lower), upper: Float64Array.from(upper) };
}

const everyUnit = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);

/** A silent relu may go where an affine layer computes what it reads and another one reads what it gives: it adds nothing. */
function liveUnits(maps: readonly LayerMap[], bounds: NetworkBounds): readonly Int32Array[] {
  const live = maps.map((map) => everyUnit(map.outputs));
  maps.forEach((map, k) => {
    if (map.kind !== 'elementwise' || map.layer.kind !== 'activation' || map.layer.activation !== 'relu') return;
    let writer = k - 1;
    while (maps[writer]?.kind === 'identity') writer--;
    let reader = k + 1;
    while (maps[reader]?.kind === 'identity') reader++;
    if (maps[writer]?.kind !== 'affine' || maps[reader]?.kind !== 'affine') return;
    const { upper } = boundsBefore(bounds, k);
    live.fill(
      live[k].filter((i) => upper[i] > 0),
      writer,
      reader,
    );
  });
  return live;
}

/** Undefined for a function that is no switch. Open units are marked with 0. */
function switchOf({ layer }: ElementwiseMap, { lower, upper }: Box, units: Int32Array): LiveSwitch | undefined {
  if (layer.kind !== 'activation' || layer.activation === 'ternary') return undefined;
  const isRelu = layer.activation === 'relu';
  const open = units.map((i) => (lower[i] >= 0 ? -1 : upper[i] < 0 || (isRelu && upper[i] === 0) ? -2 : 0));
  const size = Float64Array.from(units, (i) => Math.max(Math.abs(lower[i]), Math.abs(upper[i])));
  const ends = isRelu ? {} : { low: layer.activation === 'sign' ? -1 : 0, high: 1 };
  return { kind: 'switch', outputs: units.length, open, size, ...ends };
}

function liveLines(map: ElementwiseMap, box: Box, { lower, upper }: Box, errors: Float64Array): LiveLines {
  const lines = Array.from({ length: map.outputs }, (_, i) => {
    const one: Lines = { lowerSlope: 0, lowerOffset: 0, upperSlope: 0, upperOffset: 0 };
    linesAround(map.layer, [box.lower[i], box.upper[i]], [lower[i], upper[i]], errors[i], one);
    return one;
  });
  return { kind: 'lines', outputs: map.outputs, lines, size: magnitudes(box) };
}

function liveMaximum(map: MaximumMap, box: Box): LiveMaximum {
  return { kind: 'maximum', outputs: map.outputs, ...maximumLines(map, box), size: magnitudes(box) };
}
