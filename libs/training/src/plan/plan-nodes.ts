// Tested by branches.unit.test.ts.
import { networkInput, type Shape } from '@mipnet/network';
import { TrainingError } from '../problem/training-error.js';
import type { PlanLayer } from './plan-schema.js';

/**
 * What a layer of a plan may read: the network's input, or the last of the network's layers that a layer of the plan
 * became.
 */
export interface PlanNode {
  /** Of the network's layer; -1 is the input. */
  readonly index: number;
  readonly shape: Shape;
}

/** Which layer of a plan reads which, by the names that the plan gives. */
export class PlanNodes {
  readonly #named = new Map<string, PlanNode>();
  #last: PlanNode;

  constructor(inputShape: Shape) {
    this.#last = { index: networkInput, shape: inputShape };
    this.#named.set('input', this.#last);
  }

  /** @throws TrainingError 'plan' for a name that no earlier layer has */
  read({ from }: PlanLayer, index: number): readonly PlanNode[] {
    if (from === undefined) return [this.#last];
    return (typeof from === 'string' ? [from] : from).map((name) => {
      const node = this.#named.get(name);
      if (node !== undefined) return node;
      const known = [...this.#named.keys()].join(', ');
      throw new TrainingError(
        'plan',
        `network.${index}.from: no layer before it is called '${name}'; the names so far are ${known}`,
      );
    });
  }

  /** @throws TrainingError 'plan' for a name that is taken */
  keep({ name }: PlanLayer, node: PlanNode, index: number): void {
    this.#last = node;
    if (name === undefined) return;
    if (this.#named.has(name))
      throw new TrainingError(
        'plan',
        `network.${index}.name: '${name}' is taken${name === 'input' ? ' by the data' : ''}; give every ` +
          'layer another name',
      );
    this.#named.set(name, node);
  }
}
