import { boundsBefore, errorsOf, linesAround, magnitudes, maximumLines } from '@mipnet/bounds';
import type { Box, LayerLines, NetworkBounds } from '@mipnet/bounds';
import { layerMaps, networkInput, type Network } from '@mipnet/network';
import { liveAffine, type LiveAffine } from './live-affine.js';
import { inputsLeft, liveUnits } from './live-units.js';
import { switchForm, type Bend, type Jump } from './switch-form.js';

export type { LiveAffine } from './live-affine.js';

/** Units of two pieces that meet at zero: relu, leaky relu, absolute value (a bend there); step, sign (a jump). */
export interface LiveSwitch {
  readonly kind: 'switch';
  readonly sources: readonly number[];
  readonly outputs: number;
  /** For each unit: 1 if the bounds keep it at or above zero, -1 if below; 0 if they leave it open. */
  readonly settled: Int8Array;
  /** Of an undecided unit: its number among the undecided units of the network; 0 for the others. */
  readonly open: Int32Array;
  /** Largest absolute value of what goes in. */
  readonly size: Float64Array;
  /** What the runtime can lose in each unit. */
  readonly errors: Float64Array;
  readonly form: Bend | Jump;
}

/** Any other function of one unit, between two fixed lines. */
export interface LiveLines {
  readonly kind: 'lines';
  readonly sources: readonly number[];
  readonly outputs: number;
  readonly lines: LayerLines;
  readonly size: Float64Array;
}

/** y_j = max of a window: at least x_best, at most the ceiling (infinite if x_best is the maximum). */
export interface LiveMaximum {
  readonly kind: 'maximum';
  readonly sources: readonly number[];
  readonly outputs: number;
  readonly best: Int32Array;
  readonly ceiling: Float64Array;
  readonly size: Float64Array;
}

/** `sources`: the steps that it reads, one after the other; -1 is the network's input. */
export type LiveStep = LiveAffine | LiveSwitch | LiveLines | LiveMaximum;

/** A unit of a switch whose side the bounds do not decide. */
export interface OpenUnit {
  /** Position of the switch in `steps`, and of the unit in it. */
  readonly step: number;
  readonly position: number;
  /** The same in the whole network: position of the activation in its layers, and of the unit in that layer. */
  readonly layer: number;
  readonly unit: number;
}

/**
 * A network on a box, without the numbers that its bounds make constant and those that nothing reads: the thousands of
 * passes of a search compute only the others. The steps are the layers that change numbers.
 */
export interface LiveNetwork {
  readonly input: Box;
  readonly steps: readonly LiveStep[];
  /** The steps that its output is made of, one after the other. */
  readonly outputs: readonly number[];
  /** Largest absolute values: of each output of step k at [k + 1], of each input at [0]. */
  readonly sizes: readonly Float64Array[];
  readonly open: readonly OpenUnit[];
  /** Of what goes into each undecided unit. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/**
 * @param bounds proven, on all layers
 * @param wanted the outputs that are of interest, ascending, if the last layer is affine: then the only ones that are
 *   left. @default all
 */
export function liveNetwork(network: Network, bounds: NetworkBounds, wanted?: Int32Array): LiveNetwork {
  const maps = layerMaps(network);
  const live = liveUnits(maps, bounds, wanted);
  const steps: LiveStep[] = [];
  const sizes = [magnitudes(bounds.input)];
  const open: OpenUnit[] = [];
  const lower: number[] = [];
  const upper: number[] = [];
  /** Of each layer: the steps that its output is made of. Layers that only move numbers are no steps. */
  const madeOf: (readonly number[])[] = [];
  const add = (step: LiveStep, k: number): void => {
    madeOf.push([steps.push(step) - 1]);
    const { lower, upper } = bounds.layers[k];
    sizes.push(Float64Array.from(live[k], (j) => Math.max(Math.abs(lower[j]), Math.abs(upper[j]))));
  };
  maps.forEach((map, k) => {
    const box = boundsBefore(bounds, map.sources);
    const sources = map.sources.flatMap((source) => (source < 0 ? [source] : madeOf[source]));
    if (map.kind === 'identity') madeOf.push(sources);
    else if (map.kind === 'affine') {
      const left = { inputs: inputsLeft(map.sources, live, bounds), outputs: live[k] };
      add({ ...liveAffine(map, box, errorsOf(map, bounds, k), left), sources }, k);
    } else if (map.kind === 'maximum')
      add({ kind: 'maximum', sources, outputs: map.outputs, ...maximumLines(map, box), size: magnitudes(box) }, k);
    else {
      const errors = errorsOf(map, bounds, k);
      const form = switchForm(map);
      if (form === undefined) {
        const lines = linesAround(map, box, errors);
        add({ kind: 'lines', sources, outputs: map.outputs, lines, size: magnitudes(box) }, k);
        return;
      }
      const own = { ...switchOf(form, box, errors, live[k]), sources };
      own.settled.forEach((side, position) => {
        if (side !== 0) return;
        own.open[position] = open.push({ step: steps.length, position, layer: k, unit: live[k][position] }) - 1;
        lower.push(box.lower[live[k][position]]);
        upper.push(box.upper[live[k][position]]);
      });
      add(own, k);
    }
  });
  return {
    input: bounds.input,
    steps,
    outputs: madeOf.at(-1) ?? [networkInput],
    sizes,
    open,
    lower: Float64Array.from(lower),
    upper: Float64Array.from(upper),
  };
}

function switchOf(
  form: Bend | Jump,
  { lower, upper }: Box,
  errors: Float64Array,
  units: Int32Array,
): Omit<LiveSwitch, 'sources'> {
  const isBend = form.kind === 'bend';
  return {
    kind: 'switch',
    outputs: units.length,
    settled: Int8Array.from(units, (i) => (lower[i] >= 0 ? 1 : upper[i] < 0 || (isBend && upper[i] === 0) ? -1 : 0)),
    open: new Int32Array(units.length),
    size: Float64Array.from(units, (i) => Math.max(Math.abs(lower[i]), Math.abs(upper[i]))),
    errors: Float64Array.from(units, (i) => errors[i]),
    form,
  };
}

/** Slopes as in CROWN: the line that encloses less area. */
export const firstSlopes = ({ lower, upper }: LiveNetwork): Float64Array =>
  lower.map((low, unit) => (upper[unit] > -low ? 1 : 0));
