import { boundsBefore, errorsOf, linesAround, magnitudes, maximumLines } from '@mipnet/bounds';
import type { Box, LayerLines, NetworkBounds } from '@mipnet/bounds';
import { isContinuous, isStepwise, layerMaps, piecesOf, requireChain } from '@mipnet/network';
import type { ElementwiseMap, MaximumMap, Network, PiecewiseLinear, PlacedMap } from '@mipnet/network';
import { liveAffine, type LiveAffine } from './live-affine.js';

export type { LiveAffine } from './live-affine.js';

/** Units of two pieces that meet at zero: relu, leaky relu, absolute value (a bend there); step, sign (a jump). */
export interface LiveSwitch {
  readonly kind: 'switch';
  readonly outputs: number;
  /** For each unit: its number among the open units; -1 where it is always above zero, -2 where it is always below. */
  readonly open: Int32Array;
  /** Largest absolute value of what goes in. */
  readonly size: Float64Array;
  /** What the runtime can lose in each unit. */
  readonly errors: Float64Array;
  readonly form: Bend | Jump;
}

/** y = base x + gain max(0, x): a relu has base 0 and gain 1. */
export interface Bend {
  readonly kind: 'bend';
  readonly base: number;
  readonly gain: number;
}

/** y = high where x >= 0, else low */
export interface Jump {
  readonly kind: 'jump';
  readonly low: number;
  readonly high: number;
}

/** Any other function of one unit, between two fixed lines. */
export interface LiveLines {
  readonly kind: 'lines';
  readonly outputs: number;
  readonly lines: LayerLines;
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
 * A network on a box without what its bounds settle: units that are silent are gone, so that the thousands of passes of
 * a search touch what matters only. The steps are the layers that do something.
 */
export interface LiveNetwork {
  readonly input: Box;
  readonly steps: readonly LiveStep[];
  readonly open: readonly OpenUnit[];
  /** Of what goes into each open unit. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/**
 * @param bounds proven, on all layers
 * @throws NetworkError 'unsupported' for a network with branches
 */
export function liveNetwork(network: Network, bounds: NetworkBounds): LiveNetwork {
  requireChain(network, 'branching on units');
  const maps = layerMaps(network);
  const live = liveUnits(maps, bounds);
  const steps: LiveStep[] = [];
  const open: OpenUnit[] = [];
  const lower: number[] = [];
  const upper: number[] = [];
  maps.forEach((map, k) => {
    const box = boundsBefore(bounds, maps[k].sources);
    if (map.kind === 'affine')
      steps.push(
        liveAffine(map, magnitudes(box), errorsOf(map, bounds, k), [
          k === 0 ? everyUnit(map.inputs) : live[k - 1],
          live[k],
        ]),
      );
    else if (map.kind === 'maximum') steps.push(liveMaximum(map, box));
    else if (map.kind === 'elementwise') {
      const errors = errorsOf(map, bounds, k);
      const own = switchOf(map, box, errors, live[k]);
      if (own === undefined)
        steps.push({
          kind: 'lines',
          outputs: map.outputs,
          lines: linesAround(map, box, errors),
          size: magnitudes(box),
        });
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

/**
 * A unit that is silent below zero, as a relu is, may go where an affine layer computes what it reads and another one
 * reads what it gives: it adds nothing.
 */
function liveUnits(maps: readonly PlacedMap[], bounds: NetworkBounds): readonly Int32Array[] {
  const live = maps.map((map) => everyUnit(map.outputs));
  maps.forEach((map, k) => {
    if (map.kind !== 'elementwise' || map.layer.kind !== 'activation') return;
    const form = formOf(piecesOf(map.layer));
    if (form?.kind !== 'bend' || form.base !== 0) return;
    let writer = k - 1;
    while (maps[writer]?.kind === 'identity') writer--;
    let reader = k + 1;
    while (maps[reader]?.kind === 'identity') reader++;
    if (maps[writer]?.kind !== 'affine' || maps[reader]?.kind !== 'affine') return;
    const { upper } = boundsBefore(bounds, maps[k].sources);
    live.fill(
      live[k].filter((i) => upper[i] > 0),
      writer,
      reader,
    );
  });
  return live;
}

/** Undefined for a function that is no switch. Open units are marked with 0. */
function switchOf(
  { layer }: ElementwiseMap,
  box: Box,
  errors: Float64Array,
  units: Int32Array,
): LiveSwitch | undefined {
  const form = layer.kind === 'activation' ? formOf(piecesOf(layer)) : undefined;
  if (form === undefined) return undefined;
  const { lower, upper } = box;
  const isBend = form.kind === 'bend';
  return {
    kind: 'switch',
    outputs: units.length,
    open: units.map((i) => (lower[i] >= 0 ? -1 : upper[i] < 0 || (isBend && upper[i] === 0) ? -2 : 0)),
    size: Float64Array.from(units, (i) => Math.max(Math.abs(lower[i]), Math.abs(upper[i]))),
    errors: Float64Array.from(units, (i) => errors[i]),
    form,
  };
}

function formOf(f: PiecewiseLinear): Bend | Jump | undefined {
  if (f.breaks.length !== 1 || f.breaks[0].at !== 0) return undefined;
  const [left, right] = f.pieces;
  if (isContinuous(f) && left.offset === 0) return { kind: 'bend', base: left.slope, gain: right.slope - left.slope };
  if (isStepwise(f) && f.breaks[0].belongsTo === 'right' && left.offset < right.offset)
    return { kind: 'jump', low: left.offset, high: right.offset };
  return undefined;
}

function liveMaximum(map: MaximumMap, box: Box): LiveMaximum {
  return { kind: 'maximum', outputs: map.outputs, ...maximumLines(map, box), size: magnitudes(box) };
}
