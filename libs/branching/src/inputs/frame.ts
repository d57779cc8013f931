// Tested by branch-on-inputs.unit.test.ts.
import { boundsBefore, errorsOf, magnitudes, nextIntervals, slackOf, withUnits } from '@mipnet/bounds';
import type { Box, NetworkBounds } from '@mipnet/bounds';
import type { BoxNetwork } from './box-network.js';

/** A box of inputs with proven bounds on the units that need some; see `BoxStep.start`. */
export interface Frame {
  readonly input: { readonly lower: Float64Array; readonly upper: Float64Array };
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

export const newFrame = ({ inputs, count }: BoxNetwork): Frame => ({
  input: { lower: new Float64Array(inputs), upper: new Float64Array(inputs) },
  lower: new Float64Array(count),
  upper: new Float64Array(count),
});

/**
 * What rounding can do on a box, and therefore on every box inside it. For each step; `sizes` has the network's input
 * at [0] and step k at [k + 1].
 */
export interface Losses {
  /** Of an affine step: see `slackOf`. */
  readonly slack: readonly Float64Array[];
  /** Of the runtime, for each output. */
  readonly errors: readonly Float64Array[];
  /** Largest absolute value of each number that the step reads. */
  readonly read: readonly Float64Array[];
  readonly sizes: readonly Float64Array[];
}

export function lossesOf({ maps, steps }: BoxNetwork, bounds: NetworkBounds): Losses {
  const errors = steps.map(({ map, layer }) =>
    map.kind === 'maximum' ? new Float64Array(map.outputs) : errorsOf(map, bounds, layer),
  );
  const boxes = steps.map(({ layer }) => boundsBefore(bounds, maps[layer].sources));
  return {
    errors,
    read: boxes.map(magnitudes),
    slack: steps.map(({ map }, k) => (map.kind === 'affine' ? slackOf(map, boxes[k], errors[k]) : new Float64Array(0))),
    sizes: [magnitudes(bounds.input), ...steps.map(({ layer }) => magnitudes(bounds.layers[layer]))],
  };
}

/** The losses again, from a frame's own bounds. */
export function lossesOn(network: BoxNetwork, frame: Frame): Losses {
  let bounds: NetworkBounds = { input: copyOf(frame.input), layers: [] };
  const byLayer = new Map(network.steps.map((step) => [step.layer, step]));
  network.maps.forEach((map, layer) => {
    bounds = nextIntervals(network.maps, bounds);
    const step = byLayer.get(layer);
    if (step?.isOpen === undefined) return;
    const units = Int32Array.from({ length: map.outputs }, (_, i) => i);
    const end = step.start + map.outputs;
    bounds = withUnits(bounds, layer, units, {
      lower: frame.lower.slice(step.start, end),
      upper: frame.upper.slice(step.start, end),
    });
  });
  return lossesOf(network, bounds);
}

const copyOf = ({ lower, upper }: Box): Box => ({ lower: lower.slice(), upper: upper.slice() });

/** Fills a frame with known bounds on all layers. */
export function fillFrame({ steps }: BoxNetwork, { input, layers }: NetworkBounds, frame: Frame): void {
  frame.input.lower.set(input.lower);
  frame.input.upper.set(input.upper);
  for (const { isOpen, layer, start } of steps) {
    if (isOpen === undefined) continue;
    frame.lower.set(layers[layer].lower, start);
    frame.upper.set(layers[layer].upper, start);
  }
}

/** The half of a frame on one side of a number; its bounds are still those of the whole. */
export function partOf({ input, lower, upper }: Frame, divided: number, at: number, isAbove: boolean): Frame {
  const half = {
    input: { lower: input.lower.slice(), upper: input.upper.slice() },
    lower: lower.slice(),
    upper: upper.slice(),
  };
  half.input[isAbove ? 'lower' : 'upper'][divided] = at;
  return half;
}
