// Tested by float32-branching.unit.test.ts.
import { isDecided } from './choose-unit.js';
import { FormBound, type UnitSides } from './form-bound.js';
import { firstSlopes, type LiveNetwork, type LiveStep } from './live-network.js';
import { raiseBound } from './raise-bound.js';

/** Tightening the units after a branching may cost at most this many passes over the network. */
const mostPasses = 320;

/** Passes of the ascent for the bound of a unit on the whole box. */
const rootPasses = 12;

/**
 * Bounds of undecided units again, under the sides that a node has chosen in the layers before them: a side makes lines
 * exact, so the units in later layers get narrower, and some become decided. Each of these bounds has slopes of its
 * own, found on the whole box. It is skipped if there are so many units that it would cost far more than the ascent
 * that it should help.
 */
export class Retightening {
  static readonly #known = new WeakMap<LiveNetwork, Retightening>();

  /** One for all searches on a network: they share what it has learnt. */
  static of(network: LiveNetwork): Retightening {
    let found = this.#known.get(network);
    if (found === undefined) this.#known.set(network, (found = new Retightening(network)));
    return found;
  }

  readonly #network: LiveNetwork;
  /** For each step whose outputs units read: a form on its outputs. */
  readonly #forms = new Map<number, FormBound>();
  /** Slopes for the units, for plus and minus the input. */
  readonly #slopes: Float64Array[] = [];
  readonly #noMultipliers: Float64Array;

  private constructor(network: LiveNetwork) {
    this.#network = network;
    this.#noMultipliers = new Float64Array(network.open.length);
  }

  /**
   * Tightens `sides` in place after a side was chosen for a unit. True if bounds contradict each other: no input is
   * left.
   */
  isEmpty(sides: UnitSides, chosen: number): boolean {
    const { open, input } = this.#network;
    // A bound on what comes before takes many passes for each unit.
    if (input.image !== undefined) return false;
    const behind = [...open.keys()].filter((unit) => open[unit].step > open[chosen].step && !isDecided(sides, unit));
    const work = behind.reduce((sum, unit) => sum + 2 * this.#workOfPass(open[unit].step), 0);
    if (work > mostPasses * this.#workOfPass(this.#network.steps.length)) return false;
    for (const unit of behind) {
      const { lower, upper } = sides;
      lower[unit] = Math.max(lower[unit], this.#least(sides, unit, 1));
      if (lower[unit] < 0) upper[unit] = Math.min(upper[unit], -this.#least(sides, unit, -1));
      if (lower[unit] > upper[unit]) return true;
    }
    return false;
  }

  /** The least value of sign * (input of the unit). */
  #least(sides: UnitSides, unit: number, sign: 1 | -1): number {
    const { step, position } = this.#network.open[unit];
    let form = this.#forms.get(step);
    if (form === undefined) {
      form = new FormBound(this.#network, step, new Float64Array(this.#network.steps[step].outputs));
      this.#forms.set(step, form);
    }
    form.row[position] = sign;
    const least = form.evaluate({ ...sides, slope: this.#slopesOf(form, unit, sign), multiplier: this.#noMultipliers });
    form.row[position] = 0;
    return least;
  }

  #slopesOf(form: FormBound, unit: number, sign: 1 | -1): Float64Array {
    const { lower, upper, open } = this.#network;
    const at = 2 * unit + (sign > 0 ? 0 : 1);
    if (this.#slopes[at] === undefined) {
      const slope = firstSlopes(this.#network);
      const choices = { side: new Int8Array(open.length), lower, upper, slope, multiplier: this.#noMultipliers };
      raiseBound(form, choices, { passes: rootPasses });
      this.#slopes[at] = slope;
    }
    return this.#slopes[at];
  }

  #workOfPass(depth: number): number {
    return this.#network.steps.slice(0, depth).reduce((sum, step) => sum + workOf(step), 0);
  }
}

const workOf = (step: LiveStep): number => (step.kind === 'affine' ? step.values.length : step.outputs);
