// Tested by branch-on-inputs.unit.test.ts.
import { imageOf, leastOnBox, throughWeights, type Lines, type Remainder } from '@mipnet/bounds';
import { piecesOf } from '@mipnet/network';
import { FormBuffers } from '../form-buffers.js';
import type { BoxNetwork, BoxStep } from './box-network.js';
import { newFrame, type Frame, type Losses } from './frame.js';
import { SlopeAscent, type Mixture } from './slope-ascent.js';
import { linesFor, throughLines, throughMaximum, type StepLines } from './step-lines.js';

/**
 * Bounds on a box by backward substitution (CROWN), as in backward.ts of @mipnet/bounds and with the same lines, but
 * only of the units that the box around it leaves undecided: a decided unit is decided on every part. So a box costs
 * less the smaller it is. Everything is allocated once. Source: Zhang et al. 2018.
 */
export class BoxBounds {
  /** Of each step: lines around its units, and what a unit's bounds depend on (inputs x outputs). */
  readonly #lines: readonly StepLines[];
  readonly #forms = new Map<number, FormBuffers>();
  readonly #rows: readonly Float64Array[];
  readonly #remainder: Remainder = { constant: 0, margin: 0 };
  readonly #line: Lines = { lowerSlope: 0, lowerOffset: 0, upperSlope: 0, upperOffset: 0 };
  readonly #gathered: readonly { readonly lower: Float64Array; readonly upper: Float64Array }[];
  readonly #walked: { sizes: readonly Float64Array[]; steps: readonly BoxStep[]; input: Frame['input'] };
  readonly #image = { lower: 0, upper: 0 };
  readonly #ascent: SlopeAscent;
  #frame: Frame;
  #losses: Losses;

  constructor(
    readonly network: BoxNetwork,
    losses: Losses,
  ) {
    const { steps, inputs } = network;
    const frame = newFrame(network);
    this.#frame = frame;
    this.#losses = losses;
    this.#walked = { sizes: losses.sizes, steps, input: frame.input };
    this.#lines = steps.map(({ map, isOpen }) => linesFor(map.outputs, isOpen === undefined ? 0 : inputs));
    this.#rows = steps.map(({ outputs }) => new Float64Array(outputs));
    this.#gathered = steps.map(({ map }) => ({
      lower: new Float64Array(map.inputs),
      upper: new Float64Array(map.inputs),
    }));
    steps.forEach((step, k) => step.isOpen && this.#forms.set(k, new FormBuffers(this.#walked, k + 1, [k])));
    const form = new FormBuffers(this.#walked, steps.length, network.outputs);
    this.#forms.set(steps.length, form);
    this.#ascent = new SlopeAscent(network, { lines: this.#lines, form, read: this.#gathered });
  }

  /**
   * Fills the frame's bounds on its box: at first they are those of a box around it.
   * @returns false if bounds contradict each other: the box holds no input
   */
  tighten(frame: Frame, losses: Losses): boolean {
    this.#frame = frame;
    this.#losses = losses;
    this.#walked.sizes = losses.sizes;
    const { steps } = this.network;
    for (let k = 0; k < steps.length; k++) {
      const step = steps[k];
      if (step.map.kind !== 'affine') this.#linesOf(step, k);
      if (step.isOpen !== undefined && !this.#unitsOf(step, k, step.isOpen)) return false;
    }
    return true;
  }

  /** A lower bound on a form of the network's outputs, on the box that was tightened last. */
  least(row: Float64Array): number {
    return this.#evaluate(this.network.steps.length, row);
  }

  /** `least` of a sum of outputs, or more: with better slopes and weights, which it leaves in the mixture. */
  raised(mixture: Mixture): number {
    return this.#ascent.raise(this.#frame.input, mixture, () => this.least(mixture.row));
  }

  /** After `least`: the coefficients of the form's lower bound, which is linear in the inputs. */
  get coefficients(): Float64Array {
    return this.#form(this.network.steps.length).coefficients[0];
  }

  /**
   * Adds to `scores`, for each input, how much of the width of the undecided units' lines comes from it: halving the
   * input halves that part of what the unit depends on. After `least`, which says how much the form needs a unit.
   */
  addScores(scores: Float64Array): void {
    const { steps, inputs } = this.network;
    const { lower: low, upper: high } = this.#frame.input;
    for (let k = 0; k < steps.length; k++) {
      const { isOpen, start, outputs } = steps[k];
      if (isOpen === undefined) continue;
      const { reach } = this.#lines[k];
      for (let j = 0; j < outputs; j++) {
        const l = this.#frame.lower[start + j];
        const u = this.#frame.upper[start + j];
        if (!isOpen(l, u)) continue;
        let all = 0;
        for (let i = 0; i < inputs; i++) all += reach[j * inputs + i] * (high[i] - low[i]);
        if (!(all > 0)) continue;
        const gap = l < 0 && u > 0 ? (-l * u) / (u - l) : u - l;
        for (let i = 0; i < inputs; i++) scores[i] += (gap * reach[j * inputs + i] * (high[i] - low[i])) / all;
      }
    }
  }

  #form(depth: number): FormBuffers {
    return this.#forms.get(depth)!;
  }

  /** The bounds on what step k reads. */
  #read(k: number): { readonly lower: Float64Array; readonly upper: Float64Array } {
    const gathered = this.#gathered[k];
    let at = 0;
    for (const source of this.network.steps[k].sources) {
      const { input, lower, upper } = this.#frame;
      const [from, start, count] =
        source < 0
          ? [input, 0, this.network.inputs]
          : [this.#frame, this.network.steps[source].start, this.network.steps[source].outputs];
      for (let i = 0; i < count; i++, at++) {
        gathered.lower[at] = (from === input ? input.lower : lower)[start + i];
        gathered.upper[at] = (from === input ? input.upper : upper)[start + i];
      }
    }
    return gathered;
  }

  #linesOf({ map, linesOn }: BoxStep, k: number): void {
    const { lower, upper } = this.#read(k);
    const errors = this.#losses.errors[k];
    const own = this.#lines[k];
    if (map.kind === 'maximum') {
      for (let j = 0; j < map.outputs; j++) {
        let best = map.indices[map.starts[j]];
        let ceiling = -Infinity;
        for (let e = map.starts[j]; e < map.starts[j + 1]; e++) {
          const i = map.indices[e];
          if (lower[i] > lower[best]) best = i;
          ceiling = Math.max(ceiling, upper[i]);
        }
        let isBest = true;
        for (let e = map.starts[j]; e < map.starts[j + 1]; e++) {
          const i = map.indices[e];
          if (i !== best && upper[i] > lower[best]) isBest = false;
        }
        own.best[j] = best;
        own.ceiling[j] = isBest ? Infinity : ceiling;
      }
      return;
    }
    const line = this.#line;
    for (let i = 0; i < map.outputs; i++) {
      linesOn!(lower[i], upper[i], errors[i], line);
      own.lowerSlope[i] = line.lowerSlope;
      own.lowerOffset[i] = line.lowerOffset;
      own.upperSlope[i] = line.upperSlope;
      own.upperOffset[i] = line.upperOffset;
    }
  }

  #unitsOf(step: BoxStep, k: number, isOpen: (lower: number, upper: number) => boolean): boolean {
    const { start, outputs, map } = step;
    const { lower, upper } = this.#frame;
    for (let j = 0, at = start; j < outputs; j++, at++) {
      if (!isOpen(lower[at], upper[at])) continue;
      if (map.kind === 'affine') this.#byForms(k, j, at, isOpen);
      else this.#byImage(step, k, j, at);
      if (lower[at] > upper[at]) return false;
    }
    return true;
  }

  #byForms(k: number, j: number, at: number, isOpen: (lower: number, upper: number) => boolean): void {
    const { lower, upper } = this.#frame;
    const row = this.#rows[k];
    row[j] = 1;
    lower[at] = Math.max(lower[at], this.#evaluate(k, row));
    this.#reaches(k, j, false);
    if (isOpen(lower[at], upper[at])) {
      row[j] = -1;
      upper[at] = Math.min(upper[at], -this.#evaluate(k, row));
      this.#reaches(k, j, true);
    }
    row[j] = 0;
  }

  #reaches(k: number, j: number, isSecond: boolean): void {
    const { inputs } = this.network;
    const { reach } = this.#lines[k];
    const [coefficients] = this.#form(k).coefficients;
    for (let i = 0; i < inputs; i++)
      reach[j * inputs + i] = (isSecond ? reach[j * inputs + i] : 0) + Math.abs(coefficients[i]);
  }

  /** The image of a unit that is not affine but read by one that is not either. */
  #byImage({ map }: BoxStep, k: number, j: number, at: number): void {
    const { lower, upper } = this.#frame;
    const read = this.#gathered[k];
    const image = this.#image;
    if (map.kind === 'maximum') {
      image.lower = -Infinity;
      image.upper = -Infinity;
      for (let e = map.starts[j]; e < map.starts[j + 1]; e++) {
        image.lower = Math.max(image.lower, read.lower[map.indices[e]]);
        image.upper = Math.max(image.upper, read.upper[map.indices[e]]);
      }
    } else if (map.kind === 'elementwise' && map.layer.kind === 'activation')
      imageOf(piecesOf(map.layer), read.lower[j], read.upper[j], this.#losses.errors[k][j], image);
    else return;
    lower[at] = Math.max(lower[at], image.lower);
    upper[at] = Math.min(upper[at], image.upper);
  }

  /** @param depth the step of whose outputs the form is; as many as there are steps: of the network's outputs */
  #evaluate(depth: number, row: Float64Array): number {
    const { steps } = this.network;
    const buffers = this.#form(depth);
    const remainder = this.#remainder;
    remainder.constant = 0;
    remainder.margin = 0;
    buffers.begin(row, remainder);
    for (let k = Math.min(depth, steps.length - 1); k >= 0; k--) {
      const { map } = steps[k];
      const from = buffers.coefficients[k + 1];
      const to = buffers.coefficientsRead[k];
      if (map.kind === 'affine') throughWeights(map, this.#losses.slack[k], from, to.fill(0), remainder);
      else if (map.kind === 'elementwise') throughLines(this.#lines[k], this.#losses.read[k], from, to, remainder);
      else throughMaximum(this.#lines[k], this.#losses.read[k], from, to, remainder);
      buffers.handOn(k, remainder);
    }
    const bound = leastOnBox(buffers.coefficients[0], this.#frame.input, remainder);
    return Number.isNaN(bound) ? -Infinity : bound;
  }
}
