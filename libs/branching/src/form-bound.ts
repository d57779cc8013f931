import {
  addTo,
  LeastCorner,
  leastPoint,
  roundOff,
  throughWeights,
  type ImageBound,
  type Remainder,
} from '@mipnet/bounds';
import { FormBuffers } from './form-buffers.js';
import { forwardThroughAffine } from './live-affine.js';
import type { LiveLines, LiveMaximum, LiveNetwork, LiveSwitch } from './live-network.js';
import { bendLine, jumpLine, type UnitLine, type UnitState } from './unit-lines.js';

/** Decisions for the undecided units of a live network; one number per unit. */
export interface UnitSides {
  /** 0: undecided; 1: only inputs that keep the unit at or above zero; -1: at or below. */
  readonly side: Int8Array;
  /** Proven bounds on the input of the unit, under the sides of all units. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** The same, and choices for one form. */
export interface UnitChoices extends UnitSides {
  /** Slope of the line of an undecided unit, 0..1: any is valid; the best one depends on the form. */
  readonly slope: Float64Array;
  /** Multiplier of the side of a decided unit, at least 0: any is valid. */
  readonly multiplier: Float64Array;
}

/**
 * A certified lower bound on one linear form of a network's numbers, over the inputs in the box that keep every decided
 * unit on its side, as a function of slopes and multipliers:
 *
 *     undecided unit:      replaced by a line (unit-lines.ts)
 *     decided unit:   form  >=  form - multiplier * side * x        because side * x >= 0
 *
 * down to a linear form of the inputs, whose minimum over the box is at a corner. The gradient comes from one forward
 * pass from that corner along the lines that the backward pass took. Every rounding error, of this arithmetic and of
 * the network's own forward pass, is inside the bound, as in backward.ts. Sources: Xu et al. 2021 (slopes as variables:
 * alpha-CROWN); Wang et al. 2021 (multipliers of decided units: beta-CROWN).
 */
export class FormBound {
  readonly #buffers: FormBuffers;
  readonly #corner: LeastCorner;
  readonly #slopes: Float64Array[];
  readonly #offsets: Float64Array[];
  readonly #gains: Float64Array[];
  readonly #line: UnitLine = { through: 0, offset: 0, gain: 0 };
  readonly #state: UnitState = { side: 0, lower: 0, upper: 0, slope: 0 };
  readonly #remainder: Remainder = { constant: 0, margin: 0 };
  readonly #image: ImageBound | undefined;
  /** The remainder before each step of the last pass. */
  readonly #constants: Float64Array;
  readonly #margins: Float64Array;

  /**
   * @param depth the step on whose input the form is; as many as there are steps: on the network's output
   * @param row the coefficients, on the units that are left there
   */
  constructor(
    readonly network: LiveNetwork,
    readonly depth: number,
    readonly row: Float64Array,
  ) {
    const { steps, outputs } = network;
    this.#buffers = new FormBuffers(network, depth, depth < steps.length ? steps[depth].sources : outputs);
    this.#image = network.input.image?.formBound();
    this.#corner = new LeastCorner(network.input, this.#buffers.coefficients[0]);
    const perUnit = () =>
      steps.slice(0, depth).map((step) => new Float64Array(step.kind === 'affine' ? 0 : step.outputs));
    this.#slopes = perUnit();
    this.#offsets = perUnit();
    this.#gains = perUnit();
    this.#constants = new Float64Array(depth);
    this.#margins = new Float64Array(depth);
  }

  /** The bound for these choices; minus infinity where the arithmetic overflows. */
  evaluate(choices: UnitChoices): number {
    const remainder = this.#remainder;
    remainder.constant = 0;
    remainder.margin = 0;
    this.#buffers.begin(this.row, remainder);
    return this.#down(this.depth - 1, choices);
  }

  /**
   * The same, if since the last `evaluate` only choices for units of this step and of steps nearer to the input have
   * changed: in a chain, only the pass through these steps is repeated. Until the next `evaluate`, calls may follow for
   * this step and steps nearer to the output: the others have lost what `evaluate` left there.
   */
  evaluateFrom(step: number, choices: UnitChoices): number {
    if (!this.#buffers.isChain || step >= this.depth) return this.evaluate(choices);
    this.#remainder.constant = this.#constants[step];
    this.#remainder.margin = this.#margins[step];
    return this.#down(step, choices);
  }

  #down(from: number, choices: UnitChoices): number {
    const remainder = this.#remainder;
    const { coefficients, coefficientsRead } = this.#buffers;
    for (let k = from; k >= 0; k--) {
      this.#constants[k] = remainder.constant;
      this.#margins[k] = remainder.margin;
      const step = this.network.steps[k];
      if (step.kind === 'affine')
        throughWeights(step, step.slack, coefficients[k + 1], coefficientsRead[k].fill(0), remainder);
      else if (step.kind === 'switch') this.#throughSwitch(step, k, choices);
      else if (step.kind === 'lines') this.#throughLines(step, k);
      else this.#throughMaximum(step, k);
      this.#buffers.handOn(k, remainder);
    }
    const bound = this.#image?.least(coefficients[0], remainder) ?? this.#corner.least(remainder);
    return Number.isNaN(bound) ? -Infinity : bound;
  }

  /** The coefficient of an undecided unit's output in the last pass; 0 for a unit after the form. */
  coefficientOf(unit: number): number {
    const { step, position } = this.network.open[unit];
    return step < this.depth ? this.#buffers.coefficients[step + 1][position] : 0;
  }

  /** How much a unit's output can change per change of its input, by the bounds of the network: 1 for relu. */
  steepnessOf(unit: number): number {
    const { form } = this.#switchOf(unit);
    return form.kind === 'bend'
      ? Math.abs(form.gain)
      : (form.high - form.low) / (this.network.upper[unit] - this.network.lower[unit]);
  }

  /** The size of a unit's bend relative to that of a relu; 1 for a jump. */
  gainOf(unit: number): number {
    const { form } = this.#switchOf(unit);
    return form.kind === 'bend' ? form.gain : 1;
  }

  #switchOf(unit: number): LiveSwitch {
    return this.network.steps[this.network.open[unit].step] as LiveSwitch;
  }

  /** Whether an ascent can raise the bound without a choice for any unit. */
  get climbs(): boolean {
    return this.#image !== undefined;
  }

  /** Begins an ascent on what bounds the network's input. */
  beginClimb(): void {
    this.#image?.begin();
  }

  /** One step of ascent on what bounds the network's input, after an evaluation. */
  climb(): void {
    this.#image?.climb();
  }

  /** The input of the box that attains the last bound; behind other layers, that of the first of them. */
  input(): Float64Array {
    return this.#image?.input() ?? this.corner();
  }

  /** The corner of the box that attains the last bound; of a box with a ball, a point on the ball. */
  corner(): Float64Array {
    const { lower, upper, ball } = this.network.input;
    const coefficients = this.#buffers.coefficients[0];
    if (this.#image !== undefined) return this.#image.point(coefficients);
    if (ball !== undefined) return leastPoint(coefficients, { lower, upper, ball });
    return lower.map((low, i) =>
      coefficients[i] > 0 ? low : coefficients[i] < 0 ? upper[i] : low + (upper[i] - low) / 2,
    );
  }

  /**
   * Fills the gradient at the last evaluation: by the slope of an undecided unit, by the multiplier of a decided one.
   */
  gradient({ side }: UnitChoices, gradient: Float64Array): void {
    this.#buffers.values[0].set(this.#image?.point(this.#buffers.coefficients[0]) ?? this.#corner.corner);
    for (let k = 0; k < this.depth; k++) this.#forward(k);
    this.network.open.forEach(({ step, position }, unit) => {
      if (step >= this.depth) gradient[unit] = 0;
      else if (side[unit] !== 0) gradient[unit] = -side[unit] * this.#buffers.valuesRead[step][position];
      else
        gradient[unit] =
          this.#buffers.coefficients[step + 1][position] *
          this.#gains[step][position] *
          this.#buffers.valuesRead[step][position];
    });
  }

  /**
   * How much the line of an undecided unit weakens the bound at the corner, after `gradient`: coefficient times the
   * distance from line to function.
   */
  errorOf(unit: number): number {
    const { step, position } = this.network.open[unit];
    if (step >= this.depth) return 0;
    const x = this.#buffers.valuesRead[step][position];
    const { form } = this.#switchOf(unit);
    const value = form.kind === 'bend' ? form.base * x + form.gain * Math.max(0, x) : x >= 0 ? form.high : form.low;
    return Math.abs(
      this.#buffers.coefficients[step + 1][position] * (this.#buffers.values[step + 1][position] - value),
    );
  }

  #throughSwitch(
    { open, settled, size, errors, outputs, form }: LiveSwitch,
    k: number,
    { side, lower, upper, slope, multiplier }: UnitChoices,
  ): void {
    const from = this.#buffers.coefficients[k + 1];
    const to = this.#buffers.coefficientsRead[k];
    const line = this.#line;
    const state = this.#state;
    const base = form.kind === 'bend' ? form.base : 0;
    let constant = 0;
    let sizes = 0;
    let margin = 0;
    for (let i = 0; i < outputs; i++) {
      const a = from[i];
      // A unit that the root bounds decide counts as one on that side without a multiplier.
      const isOpen = settled[i] === 0;
      const unit = open[i];
      const on = isOpen ? side[unit] : settled[i];
      state.side = on;
      state.lower = lower[unit];
      state.upper = upper[unit];
      state.slope = slope[unit];
      if (form.kind === 'jump') jumpLine(a, form, state, line);
      else bendLine(a, form, state, line);
      this.#slopes[k][i] = line.through;
      this.#offsets[k][i] = line.offset;
      this.#gains[k][i] = line.gain;
      let next = a * line.through;
      const shift = a * line.offset;
      constant += shift;
      // The parts of the base and of the bend may cancel, but not their rounding errors.
      sizes += Math.abs(shift) + Math.abs(a) * (Math.abs(base) + Math.abs(line.through - base)) * size[i];
      margin += Math.abs(a) * errors[i];
      if (isOpen && on !== 0 && multiplier[unit] > 0) {
        next -= on * multiplier[unit];
        sizes += (Math.abs(next) + multiplier[unit]) * size[i];
      }
      to[i] = next;
    }
    addTo(this.#remainder, constant, margin + roundOff(outputs, sizes + margin));
  }

  #throughLines({ lines, size, outputs }: LiveLines, k: number): void {
    const from = this.#buffers.coefficients[k + 1];
    const to = this.#buffers.coefficientsRead[k];
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
    addTo(this.#remainder, constant, roundOff(outputs, sizes));
  }

  #throughMaximum({ best, ceiling, size, outputs }: LiveMaximum, k: number): void {
    const from = this.#buffers.coefficients[k + 1];
    const to = this.#buffers.coefficientsRead[k].fill(0);
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
    addTo(this.#remainder, constant, roundOff(outputs, sizes));
  }

  #forward(k: number): void {
    const step = this.network.steps[k];
    this.#buffers.gather(k);
    const from = this.#buffers.valuesRead[k];
    const to = this.#buffers.values[k + 1];
    if (step.kind === 'affine') return forwardThroughAffine(step, from, to);
    const [slopes, offsets] = [this.#slopes[k], this.#offsets[k]];
    if (step.kind === 'maximum')
      for (let i = 0; i < to.length; i++) to[i] = slopes[i] * from[step.best[i]] + offsets[i];
    else for (let i = 0; i < to.length; i++) to[i] = slopes[i] * from[i] + offsets[i];
  }
}
