import { throughWeights, type Remainder } from '@mipnet/bounds';
import { FormBuffers } from './form-buffers.js';
import { forwardThroughAffine } from './live-affine.js';
import type { LiveNetwork, LiveStep, LiveSwitch } from './live-network.js';

export interface FlipOptions {
  /** Called with inputs of the box at which the form is below zero; true ends the search. */
  readonly inspect: (input: Float64Array) => boolean;
  readonly stopped?: () => boolean;
}

/** Steps of a descent. */
const steps = 300;
/** Descents that aim at one unit of the last jumps alone, at most. */
const mostSingles = 12;
/** How far beyond a jump an input should lie, as a fraction of its interval: a little, because float32 rounds. */
const beyond = 0.01;

/**
 * Searches an input at which a form of a network with steps or signs is below zero, by descents whose surrogate knows
 * the bounds: an undecided unit passes on its wish only until its input is on the wished side (the hinge of a
 * perceptron), and a decided one never does. So the inputs serve the few units that can still flip. One descent aims at
 * the whole form, others at one undecided unit of the last jumps each. True if `inspect` accepted an input.
 */
export function flipUnits(network: LiveNetwork, row: Float64Array, options: FlipOptions): boolean {
  const jumps = network.open.filter(({ step }) => isJump(network.steps[step]));
  if (jumps.length === 0) return false;
  const last = Math.max(...jumps.map(({ step }) => step));
  const singles = jumps.filter(({ step }) => step === last).slice(0, mostSingles);
  const descent = new Descent(network, row);
  return [undefined, ...singles].some((only) => !options.stopped?.() && descent.run(options, only));
}

class Descent {
  readonly #buffers: FormBuffers;
  readonly #remainder: Remainder = { constant: 0, margin: 0 };

  constructor(
    readonly network: LiveNetwork,
    readonly row: Float64Array,
  ) {
    this.#buffers = new FormBuffers(network, network.steps.length, network.outputs);
  }

  /** @param only the unit of its step that has a wish. @default all */
  run({ inspect, stopped }: FlipOptions, only?: { readonly step: number; readonly position: number }): boolean {
    const { lower, upper } = this.network.input;
    const point = lower.map((low, i) => low + (upper[i] - low) / 2);
    let best = 0;
    for (let step = 0; step < steps && !stopped?.(); step++) {
      const value = this.#forward(point);
      if (value < best) {
        best = value;
        if (inspect(point.slice())) return true;
      }
      const gradient = this.#backward(only);
      const largest = gradient.reduce((most, a) => Math.max(most, Math.abs(a)), 0);
      if (largest === 0) return false;
      const pace = (0.75 * (1 - step / steps) + 0.003) / largest;
      for (let i = 0; i < point.length; i++)
        point[i] = Math.min(upper[i], Math.max(lower[i], point[i] - pace * gradient[i] * (upper[i] - lower[i])));
    }
    return false;
  }

  #forward(point: Float64Array): number {
    const { values, valuesRead } = this.#buffers;
    values[0].set(point);
    this.network.steps.forEach((step, k) => {
      this.#buffers.gather(k);
      if (step.kind === 'affine') forwardThroughAffine(step, valuesRead[k], values[k + 1]);
      else for (let i = 0; i < step.outputs; i++) values[k + 1][i] = valueOf(step, valuesRead[k], i);
    });
    let sum = 0;
    let start = 0;
    for (const source of this.network.outputs) for (const value of values[source + 1]) sum += this.row[start++] * value;
    return sum;
  }

  #backward(only?: { readonly step: number; readonly position: number }): Float64Array {
    const { coefficients, coefficientsRead, valuesRead } = this.#buffers;
    this.#buffers.begin(this.row, this.#remainder);
    for (let k = this.network.steps.length - 1; k >= 0; k--) {
      const step = this.network.steps[k];
      const from = coefficients[k + 1];
      const to = coefficientsRead[k].fill(0);
      if (step.kind === 'affine') throughWeights(step, step.slack, from, to, this.#remainder);
      else
        for (let i = 0; i < step.outputs; i++) {
          if (only?.step === k && only.position !== i) continue;
          if (step.kind === 'maximum') to[step.best[i]] += from[i];
          else to[i] = from[i] * this.#slope(step, valuesRead[k][i], from[i], i);
        }
      this.#buffers.handOn(k, this.#remainder);
    }
    return coefficients[0];
  }

  /** @param a the coefficient of the output: if it is positive, the output should fall */
  #slope(step: Exclude<LiveStep, { readonly kind: 'affine' | 'maximum' }>, x: number, a: number, i: number): number {
    if (step.kind === 'lines') return (step.lines.lowerSlope[i] + step.lines.upperSlope[i]) / 2;
    const { form } = step;
    if (form.kind === 'bend') return form.base + (x > 0 ? form.gain : 0);
    if (step.settled[i] !== 0) return 0;
    const unit = step.open[i];
    const margin = beyond * (this.network.upper[unit] - this.network.lower[unit]);
    return -Math.sign(a) * x < margin ? form.high - form.low : 0;
  }
}

const isJump = (step: LiveStep): step is LiveSwitch => step.kind === 'switch' && step.form.kind === 'jump';

function valueOf(step: Exclude<LiveStep, { readonly kind: 'affine' }>, from: Float64Array, i: number): number {
  switch (step.kind) {
    case 'maximum':
      return from[step.best[i]];
    case 'lines': {
      const { lowerSlope, lowerOffset, upperSlope, upperOffset } = step.lines;
      return ((lowerSlope[i] + upperSlope[i]) * from[i] + lowerOffset[i] + upperOffset[i]) / 2;
    }
    case 'switch': {
      const { form } = step;
      if (form.kind === 'bend') return form.base * from[i] + form.gain * Math.max(0, from[i]);
      return step.settled[i] > 0 || (step.settled[i] === 0 && from[i] >= 0) ? form.high : form.low;
    }
  }
}
