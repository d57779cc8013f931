import type { PiecewiseLinear } from '../piecewise-linear.js';
import type { ActivationKind } from './activation-kind.js';
import { abs, type Abs } from './abs.js';
import { clip, type Clip } from './clip.js';
import { leakyRelu, type LeakyRelu } from './leaky-relu.js';
import { relu, type Relu } from './relu.js';
import { sign, type Sign } from './sign.js';
import { step, type Step } from './step.js';
import { ternary, type Ternary } from './ternary.js';

export type Activation = Relu | LeakyRelu | Clip | Abs | Step | Sign | Ternary;
export type ActivationName = Activation['activation'];

/** All activations by name. One that is missing does not compile. */
export const activations = {
  relu,
  leakyRelu,
  clip,
  abs,
  step,
  sign,
  ternary,
} satisfies { readonly [N in ActivationName]: ActivationKind<Extract<Activation, { activation: N }>> };

/** All of them, as a list. */
export const activationKinds = Object.values(activations) as unknown as readonly ActivationKind<Activation>[];

/** Undefined for a name that is no activation, as plain data may have it. */
export function activationKind(activation: Activation): ActivationKind<Activation> | undefined {
  return Object.hasOwn(activations, activation.activation)
    ? (activations[activation.activation] as unknown as ActivationKind<Activation>)
    : undefined;
}

/** The forward pass of an activation for one number. */
export const applied = (activation: Activation): ((x: number) => number) =>
  activationKind(activation)!.apply(activation);

/** The pieces of an activation, from which bounds, formulations and training follow. */
export const piecesOf = (activation: Activation): PiecewiseLinear => activationKind(activation)!.pieces(activation);
