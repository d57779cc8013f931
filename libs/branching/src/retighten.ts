// Tested by float32-branching.unit.test.ts.
import { isDecided } from './choose-unit.js';
import { FormBound, type UnitChoices } from './form-bound.js';
import type { LiveNetwork, LiveStep } from './live-network.js';

/** Tightening the units after a branching may cost at most this many passes over the network. */
const mostPasses = 320;

/**
 * Bounds of undecided units again, under the sides that a node has chosen in the layers before them: a side makes lines
 * exact, so the units in later layers get narrower, and some become decided. It is skipped if there are so many units
 * that it would cost far more than the ascent that it should help.
 */
export class Retightening {
  readonly #network: LiveNetwork;
  /** For each step whose outputs units read: a form on its outputs. */
  readonly #forms = new Map<number, FormBound>();

  constructor(network: LiveNetwork) {
    this.#network = network;
  }

  /**
   * Tightens `choices` in place after a side was chosen for a unit. True if bounds contradict each other: no input is
   * left.
   */
  isEmpty(choices: UnitChoices, chosen: number): boolean {
    const { open } = this.#network;
    const behind = [...open.keys()].filter((unit) => open[unit].step > open[chosen].step && !isDecided(choices, unit));
    const work = behind.reduce((sum, unit) => sum + 2 * this.#workOfPass(open[unit].step), 0);
    if (work > mostPasses * this.#workOfPass(this.#network.steps.length)) return false;
    for (const unit of behind) {
      const { lower, upper } = choices;
      lower[unit] = Math.max(lower[unit], this.#least(choices, unit, 1));
      if (lower[unit] < 0) upper[unit] = Math.min(upper[unit], -this.#least(choices, unit, -1));
      if (lower[unit] > upper[unit]) return true;
    }
    return false;
  }

  /** The least value of sign * (input of the unit). */
  #least(choices: UnitChoices, unit: number, sign: 1 | -1): number {
    const { step, position } = this.#network.open[unit];
    let form = this.#forms.get(step);
    if (form === undefined) {
      form = new FormBound(this.#network, step, new Float64Array(this.#network.steps[step].outputs));
      this.#forms.set(step, form);
    }
    form.row[position] = sign;
    const least = form.evaluate(choices);
    form.row[position] = 0;
    return least;
  }

  #workOfPass(depth: number): number {
    return this.#network.steps.slice(0, depth).reduce((sum, step) => sum + workOf(step), 0);
  }
}

const workOf = (step: LiveStep): number =>
  step.kind === 'affine' ? (step.matrix ?? step.values).length : step.outputs;
