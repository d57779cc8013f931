// Tested by slope-ascent.unit.test.ts.
import type { Box } from '@mipnet/bounds';
import type { FormBuffers } from '../form-buffers.js';
import { forwardThroughAffine } from '../live-affine.js';
import type { BoxNetwork } from './box-network.js';
import type { StepLines } from './step-lines.js';

/** A weighted sum of outputs. */
export interface Mixture {
  /** Positions of the outputs. */
  readonly outputs: readonly number[];
  /** Of these outputs: at least 0, of sum 1. */
  readonly weights: Float64Array;
  /** The same weights for all outputs of the network. */
  readonly row: Float64Array;
}

/** What a backward pass of the mixture left behind, and what it is made of. */
interface Walk {
  readonly lines: readonly StepLines[];
  readonly form: FormBuffers;
  /** Bounds on what each step reads. */
  readonly read: readonly Box[];
}

/** Most passes; the size of the first move of a slope, and how it shrinks. */
const [mostPasses, pace, decay] = [12, 0.3, 0.9];
/** Decay of the two running means of Adam. */
const [first, second] = [0.8, 0.95];
/** Moves of weights in units of those of slopes; a weight that is 0 grows from `leastWeight`. */
const [weightPace, leastWeight] = [2, 1e-4];
/** After so many passes it ends, unless as much again as they gained, `hope` times, would reach 0. */
const [trial, hope] = [3, 2];

/**
 * Raises the lower bound of a mixture on a box. Any slope in 0..1 through the origin is a line below a relu; CROWN
 * takes the one that leaves the smaller area, and others may suit the mixture better. The bound is concave in the
 * slopes and in the weights: at the corner of the box where the bound is attained, its derivative by a slope is the
 * coefficient of the relu times the value of the line's input, and by a weight the value of the output. Ascent with
 * Adam on the slopes and multiplicative steps on the weights. Whatever it finds is a bound: nothing rests on the
 * gradient.
 * Source: Xu et al. 2021 (alpha-CROWN); Beck & Teboulle 2003, mirror descent.
 */
export class SlopeAscent {
  readonly #kept: readonly Float64Array[];
  readonly #mean: readonly Float64Array[];
  readonly #square: readonly Float64Array[];
  /** Of each step: its relus that the bounds leave undecided. */
  readonly #open: readonly number[][];

  constructor(
    private readonly network: BoxNetwork,
    private readonly walk: Walk,
  ) {
    const perUnit = (): readonly Float64Array[] => network.steps.map(({ outputs }) => new Float64Array(outputs));
    [this.#kept, this.#mean, this.#square] = [perUnit(), perUnit(), perUnit()];
    this.#open = network.steps.map(() => []);
  }

  /**
   * The best bound, as soon as it is above 0. The weights are then those that gave it; the slopes are as before.
   * @param least the bound with the present slopes and weights
   */
  raise(box: Box, mixture: Mixture, least: () => number): number {
    const start = least();
    if (start > 0 || !this.#begin()) return start;
    let best = start;
    const bestWeights = mixture.weights.slice();
    for (let pass = 1; pass < mostPasses && best <= 0; pass++) {
      if (pass > trial && best + hope * (best - start) < 0) break;
      this.#toCorner(box);
      const step = pace * decay ** (pass - 1);
      this.#moveSlopes(pass, step);
      this.#moveWeights(mixture, weightPace * step);
      const bound = least();
      if (!(bound > best)) continue;
      best = bound;
      bestWeights.set(mixture.weights);
    }
    this.#kept.forEach((slopes, k) => this.#open[k].length > 0 && this.walk.lines[k].lowerSlope.set(slopes));
    mixture.weights.set(bestWeights);
    fillRow(mixture);
    return best;
  }

  /** Whether there is a slope to choose. */
  #begin(): boolean {
    let isAny = false;
    for (const [k, { map }] of this.network.steps.entries()) {
      const open = this.#open[k];
      open.length = 0;
      if (map.kind !== 'elementwise' || map.layer.kind !== 'activation' || map.layer.activation !== 'relu') continue;
      const { lower, upper } = this.walk.read[k];
      for (let i = 0; i < map.outputs; i++) if (lower[i] < 0 && upper[i] > 0) open.push(i);
      if (open.length === 0) continue;
      isAny = true;
      this.#mean[k].fill(0);
      this.#square[k].fill(0);
      this.#kept[k].set(this.walk.lines[k].lowerSlope);
    }
    return isAny;
  }

  /** Fills the values of all lines at the corner of the box where the last bound is attained. */
  #toCorner({ lower, upper }: Box): void {
    const { form, lines } = this.walk;
    const [input] = form.values;
    for (let i = 0; i < input.length; i++) input[i] = form.coefficients[0][i] > 0 ? lower[i] : upper[i];
    for (const [k, { map }] of this.network.steps.entries()) {
      form.gather(k);
      const from = form.valuesRead[k];
      const to = form.values[k + 1];
      const coefficients = form.coefficients[k + 1];
      const { lowerSlope, lowerOffset, upperSlope, upperOffset, best, ceiling } = lines[k];
      if (map.kind === 'affine') forwardThroughAffine(map, from, to);
      else if (map.kind === 'maximum')
        for (let j = 0; j < map.outputs; j++)
          to[j] = coefficients[j] > 0 || ceiling[j] === Infinity ? from[best[j]] : ceiling[j];
      else
        for (let i = 0; i < map.outputs; i++)
          to[i] =
            coefficients[i] > 0 ? lowerSlope[i] * from[i] + lowerOffset[i] : upperSlope[i] * from[i] + upperOffset[i];
    }
  }

  #moveSlopes(pass: number, step: number): void {
    const { form, lines } = this.walk;
    const [firstWeight, secondWeight] = [1 - first ** pass, 1 - second ** pass];
    for (const [k, open] of this.#open.entries()) {
      const [mean, square, slopes] = [this.#mean[k], this.#square[k], lines[k].lowerSlope];
      for (const i of open) {
        const gradient = Math.max(0, form.coefficients[k + 1][i]) * form.valuesRead[k][i];
        mean[i] = first * mean[i] + (1 - first) * gradient;
        square[i] = second * square[i] + (1 - second) * gradient * gradient;
        if (square[i] === 0) continue;
        const move = (step * (mean[i] / firstWeight)) / (Math.sqrt(square[i] / secondWeight) + 1e-12);
        slopes[i] = Math.min(1, Math.max(0, slopes[i] + move));
      }
    }
  }

  #valueOf(output: number): number {
    let position = output;
    for (const step of this.network.outputs) {
      const values = this.walk.form.values[step + 1];
      if (position < values.length) return values[position];
      position -= values.length;
    }
    return 0;
  }

  #moveWeights(mixture: Mixture, step: number): void {
    const { outputs, weights } = mixture;
    if (outputs.length === 1) return;
    const values = outputs.map((output) => this.#valueOf(output));
    const most = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (!(most > 0 && most < Infinity)) return;
    let sum = 0;
    values.forEach((value, r) => {
      weights[r] = Math.max(weights[r], leastWeight) * Math.exp((step * value) / most);
      sum += weights[r];
    });
    for (let r = 0; r < outputs.length; r++) weights[r] /= sum;
    fillRow(mixture);
  }
}

function fillRow({ outputs, weights, row }: Mixture): void {
  row.fill(0);
  outputs.forEach((output, r) => (row[output] += weights[r]));
}
