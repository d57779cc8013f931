import { backThroughAffine, forwardThroughAffine } from './live-affine.js';
import type { LiveAffine, LiveLines, LiveMaximum, LiveNetwork, LiveSwitch } from './live-network.js';
import { roundOff } from '@mipnet/bounds';
import { bendLine, jumpLine, type UnitLine, type UnitState } from './unit-lines.js';

/** What is decided and what is chosen about the open units of a live network; one number for each. */
export interface UnitChoices {
  /** 0: open; 1: only inputs that keep the unit at or above zero count; -1: at or below. */
  readonly side: Int8Array;
  /** Proven bounds on what goes into the unit, under the sides of all of them. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Of the line that an open unit may choose, 0..1: any is valid, which one is best is up to the form. */
  readonly slope: Float64Array;
  /** Multiplier of the side of a decided unit, at least 0: any is valid. */
  readonly multiplier: Float64Array;
}

/**
 * A certified lower bound on one linear form of a network's numbers, over the inputs in the box that keep every decided
 * unit on its side, as a function of slopes and multipliers:
 *
 *     open unit:      a line through which the form goes on (unit-lines.ts)
 *     decided unit:   form  >=  form - multiplier * side * x        because side * x >= 0
 *
 * down to a linear form of the inputs, whose minimum over the box is at a corner. The gradient comes from one forward
 * pass from that corner along the lines that the backward pass took. Every rounding error, of this arithmetic and of
 * the network's own forward pass, is inside the bound, as in backward.ts.
 * Sources: Xu et al. 2021 (slopes as variables: alpha-CROWN); Wang et al. 2021 (multipliers of decided units:
 * beta-CROWN).
 */
export class FormBound {
  /** Of the form, after each step backwards: [k + 1] on the output of step k, [0] on the input. */
  readonly #coefficients: Float64Array[];
  /** Along the lines from the corner, in the same places. */
  readonly #values: Float64Array[];
  readonly #slopes: Float64Array[];
  readonly #offsets: Float64Array[];
  readonly #gains: Float64Array[];
  readonly #line: UnitLine = { through: 0, offset: 0, gain: 0 };
  readonly #state: UnitState = { side: 0, lower: 0, upper: 0, slope: 0 };
  #constant = 0;
  #margin = 0;

  /**
   * @param depth how many steps compute what the form is of
   * @param row its coefficients, on the units that are left there
   */
  constructor(
    readonly network: LiveNetwork,
    readonly depth: number,
    readonly row: Float64Array,
  ) {
    const steps = network.steps.slice(0, depth);
    const widths = [network.input.lower.length, ...steps.map((step) => step.outputs)];
    const perUnit = () => steps.map((step) => new Float64Array(step.kind === 'affine' ? 0 : step.outputs));
    this.#coefficients = widths.map((width) => new Float64Array(width));
    this.#values = widths.map((width) => new Float64Array(width));
    this.#slopes = perUnit();
    this.#offsets = perUnit();
    this.#gains = perUnit();
  }

  /** The bound for these choices; minus infinity where the arithmetic overflows. */
  evaluate(choices: UnitChoices): number {
    this.#coefficients[this.depth].set(this.row);
    this.#constant = 0;
    this.#margin = 0;
    for (let k = this.depth - 1; k >= 0; k--) {
      const step = this.network.steps[k];
      if (step.kind === 'affine') this.#throughAffine(step, k);
      else if (step.kind === 'switch') this.#throughSwitch(step, k, choices);
      else if (step.kind === 'lines') this.#throughLines(step, k);
      else this.#throughMaximum(step, k);
    }
    const bound = this.#concretised();
    return Number.isNaN(bound) ? -Infinity : bound;
  }

  /** The coefficient of an open unit's output in the pass that was evaluated last; 0 for a unit behind the form. */
  coefficientOf(unit: number): number {
    const { step, position } = this.network.open[unit];
    return step < this.depth ? this.#coefficients[step + 1][position] : 0;
  }

  /** How much a unit's output can change for a change of what goes in, by the bounds of the network: 1 for relu. */
  steepnessOf(unit: number): number {
    const { form } = this.#switchOf(unit);
    return form.kind === 'bend'
      ? Math.abs(form.gain)
      : (form.high - form.low) / (this.network.upper[unit] - this.network.lower[unit]);
  }

  /** What a unit's bend is worth next to that of a relu; 1 for a jump. */
  gainOf(unit: number): number {
    const { form } = this.#switchOf(unit);
    return form.kind === 'bend' ? form.gain : 1;
  }

  #switchOf(unit: number): LiveSwitch {
    return this.network.steps[this.network.open[unit].step] as LiveSwitch;
  }

  /** The corner of the box where the bound that was evaluated last is attained. */
  corner(): Float64Array {
    const { lower, upper } = this.network.input;
    const coefficients = this.#coefficients[0];
    return lower.map((low, i) =>
      coefficients[i] > 0 ? low : coefficients[i] < 0 ? upper[i] : low + (upper[i] - low) / 2,
    );
  }

  /**
   * Fills the gradient at what was evaluated last: by the slope of an open unit, by the multiplier of a decided one.
   */
  gradient({ side }: UnitChoices, gradient: Float64Array): void {
    this.#values[0].set(this.corner());
    for (let k = 0; k < this.depth; k++) this.#forward(k);
    this.network.open.forEach(({ step, position }, unit) => {
      if (step >= this.depth) gradient[unit] = 0;
      else if (side[unit] !== 0) gradient[unit] = -side[unit] * this.#values[step][position];
      else
        gradient[unit] =
          this.#coefficients[step + 1][position] * this.#gains[step][position] * this.#values[step][position];
    });
  }

  /**
   * What the line of an open unit costs at the corner, after `gradient`: coefficient times the distance from line to
   * function.
   */
  errorOf(unit: number): number {
    const { step, position } = this.network.open[unit];
    if (step >= this.depth) return 0;
    const x = this.#values[step][position];
    const { form } = this.#switchOf(unit);
    const value = form.kind === 'bend' ? form.base * x + form.gain * Math.max(0, x) : x >= 0 ? form.high : form.low;
    return Math.abs(this.#coefficients[step + 1][position] * (this.#values[step + 1][position] - value));
  }

  #throughAffine(step: LiveAffine, k: number): void {
    const from = this.#coefficients[k + 1];
    let constant = 0;
    let margin = 0;
    for (let j = 0; j < step.outputs; j++) {
      const a = from[j];
      if (a === 0) continue;
      constant += a * step.bias[j];
      margin += Math.abs(a) * step.slack[j];
    }
    backThroughAffine(step, from, this.#coefficients[k]);
    this.#shift(constant, margin);
  }

  #throughSwitch(
    { open, size, errors, outputs, form }: LiveSwitch,
    k: number,
    { side, lower, upper, slope, multiplier }: UnitChoices,
  ): void {
    const from = this.#coefficients[k + 1];
    const to = this.#coefficients[k];
    const line = this.#line;
    const state = this.#state;
    const base = form.kind === 'bend' ? form.base : 0;
    let constant = 0;
    let sizes = 0;
    let margin = 0;
    for (let i = 0; i < outputs; i++) {
      const a = from[i];
      const unit = open[i];
      // A unit that the root bounds decide counts as one on that side without a multiplier.
      const on = unit >= 0 ? side[unit] : unit === settledAbove ? 1 : -1;
      const at = unit >= 0 ? unit : 0;
      state.side = on;
      state.lower = lower[at];
      state.upper = upper[at];
      state.slope = slope[at];
      if (form.kind === 'jump') jumpLine(a, form, state, line);
      else bendLine(a, form, state, line);
      this.#slopes[k][i] = line.through;
      this.#offsets[k][i] = line.offset;
      this.#gains[k][i] = line.gain;
      let next = a * line.through;
      const shift = a * line.offset;
      constant += shift;
      // What is taken from the base and from the bend may cancel, but not what either of them is rounded by.
      sizes += Math.abs(shift) + Math.abs(a) * (Math.abs(base) + Math.abs(line.through - base)) * size[i];
      margin += Math.abs(a) * errors[i];
      if (unit >= 0 && on !== 0 && multiplier[unit] > 0) {
        next -= on * multiplier[unit];
        sizes += (Math.abs(next) + multiplier[unit]) * size[i];
      }
      to[i] = next;
    }
    this.#shift(constant, margin + roundOff(outputs, sizes + margin));
  }

  #throughLines({ lines, size, outputs }: LiveLines, k: number): void {
    const from = this.#coefficients[k + 1];
    const to = this.#coefficients[k];
    let constant = 0;
    let sizes = 0;
    for (let i = 0; i < outputs; i++) {
      const a = from[i];
      this.#slopes[k][i] = a > 0 ? lines.lowerSlope[i] : lines.upperSlope[i];
      this.#offsets[k][i] = a > 0 ? lines.lowerOffset[i] : lines.upperOffset[i];
      to[i] = a * this.#slopes[k][i];
      const shift = a * this.#offsets[k][i];
      constant += shift;
      sizes += Math.abs(shift) + Math.abs(to[i]) * size[i];
    }
    this.#shift(constant, roundOff(outputs, sizes));
  }

  #throughMaximum({ best, ceiling, size, outputs }: LiveMaximum, k: number): void {
    const from = this.#coefficients[k + 1];
    const to = this.#coefficients[k].fill(0);
    let constant = 0;
    let sizes = 0;
    for (let j = 0; j < outputs; j++) {
      const a = from[j];
      const isBest = a > 0 || ceiling[j] === Infinity;
      this.#slopes[k][j] = isBest ? 1 : 0;
      this.#offsets[k][j] = isBest ? 0 : ceiling[j];
      if (isBest) to[best[j]] += a;
      else constant += a * ceiling[j];
      sizes += Math.abs(a) * Math.max(size[best[j]], isBest ? 0 : Math.abs(ceiling[j]));
    }
    this.#shift(constant, roundOff(outputs, sizes));
  }

  #concretised(): number {
    const { lower, upper } = this.network.input;
    const coefficients = this.#coefficients[0];
    let sum = this.#constant;
    let size = Math.abs(sum);
    for (let i = 0; i < coefficients.length; i++) {
      const a = coefficients[i];
      const term = a * (a > 0 ? lower[i] : upper[i]);
      sum += term;
      size += Math.abs(term);
    }
    return sum - this.#margin - roundOff(coefficients.length, size + this.#margin);
  }

  #shift(constant: number, margin: number): void {
    this.#constant += constant;
    this.#margin += margin + roundOff(1, Math.abs(this.#constant));
  }

  #forward(k: number): void {
    const step = this.network.steps[k];
    const from = this.#values[k];
    const to = this.#values[k + 1];
    if (step.kind === 'affine') return forwardThroughAffine(step, from, to);
    for (let i = 0; i < step.outputs; i++)
      to[i] = this.#slopes[k][i] * (step.kind === 'maximum' ? from[step.best[i]] : from[i]) + this.#offsets[k][i];
  }
}

const settledAbove = -1;
