// Tested by branches.unit.test.ts and network-of-plan.unit.test.ts.
import type { Activation } from '@mipnet/network';
import { TrainingError } from '../problem/training-error.js';
import type { PlanActivation } from './plan-schema.js';

/** What a plan's layer says of the activation behind it. */
interface Activated {
  readonly activation: PlanActivation;
  readonly threshold?: number;
  readonly slope?: number;
  readonly low?: number;
  readonly high?: number;
}

/** Per activation: its parameters in a plan, and what it becomes. */
const activations: {
  readonly [N in Exclude<PlanActivation, 'none'>]: {
    readonly parameters: readonly (keyof Activated)[];
    readonly of: (given: Activated) => Activation;
  };
} = {
  relu: { parameters: [], of: () => ({ kind: 'activation', activation: 'relu' }) },
  leakyRelu: {
    parameters: ['slope'],
    of: ({ slope = 0.01 }) => ({ kind: 'activation', activation: 'leakyRelu', slope }),
  },
  clip: {
    parameters: ['low', 'high'],
    of: ({ low = -1, high = 1 }) => ({ kind: 'activation', activation: 'clip', low, high }),
  },
  abs: { parameters: [], of: () => ({ kind: 'activation', activation: 'abs' }) },
  step: { parameters: [], of: () => ({ kind: 'activation', activation: 'step' }) },
  sign: { parameters: [], of: () => ({ kind: 'activation', activation: 'sign' }) },
  ternary: {
    parameters: ['threshold'],
    of: ({ threshold = 1 }) => ({ kind: 'activation', activation: 'ternary', threshold }),
  },
};

const everyParameter = ['threshold', 'slope', 'low', 'high'] as const;

/**
 * The activation behind layer `index` of a plan; undefined for none.
 * @throws TrainingError 'plan' for a parameter that is another activation's
 */
export function activationOf(given: Activated, index: number): Activation | undefined {
  const own = given.activation === 'none' ? undefined : activations[given.activation];
  const stranger = everyParameter.find((key) => given[key] !== undefined && !own?.parameters.includes(key));
  if (stranger === undefined) return own?.of(given);
  const owner = Object.entries(activations).find(([, { parameters }]) => parameters.includes(stranger))![0];
  throw new TrainingError(
    'plan',
    `network.${index}.${stranger}: it belongs to the activation ${owner}, and this layer ` +
      `has ${given.activation}; leave it out, ` +
      'or set ' +
      `activation: ${owner}`,
  );
}
