import { combination, type LinearExpression } from '@mipnet/mip';
import { lossOf, lossValue } from './losses/registry.js';
import { encodeMargin, marginValue } from './margin.js';
import type { Fit, Objective } from '../../problem/objective.js';
import type { ObjectiveContext, Replay } from './objective.js';
import { encodeSparsity, sparsityValue } from './sparsity.js';
import { encodeUsedNeurons, usedNeurons } from './used-neurons.js';

/** Adds an objective to the model; returns the expression to minimise. */
export function encodeObjective(objective: Objective, context: ObjectiveContext): LinearExpression {
  switch (objective.kind) {
    case 'fit': {
      const { loss, sparsity, cost = 1 } = objective;
      const encoded = lossOf(loss).encode(context);
      if (sparsity === 0 && cost === 1) return encoded;
      const freeLayers = counted(objective, context.freeLayers);
      return combination([encoded, encodeSparsity({ freeLayers })], [cost, sparsity]);
    }
    case 'margin':
      return encodeMargin(context);
    case 'sparsity':
      return objective.of === 'neurons' ? encodeUsedNeurons(context) : encodeSparsity(context);
  }
}

/** The free layers whose weights a fit's sparsity counts. */
const counted = <T>({ of }: Fit, layers: readonly T[]): readonly T[] => (of === 'outputs' ? layers.slice(-1) : layers);

/** The same objective by the forward pass. */
export function objectiveValue(objective: Objective, replay: Replay): number {
  switch (objective.kind) {
    case 'fit':
      return (
        (objective.cost ?? 1) * lossValue(objective.loss, replay) +
        (objective.sparsity === 0
          ? 0
          : objective.sparsity * sparsityValue({ ...replay, freeLayers: counted(objective, replay.freeLayers) }))
      );
    case 'margin':
      return marginValue(replay);
    case 'sparsity':
      return objective.of === 'neurons' ? usedNeurons(replay) : sparsityValue(replay);
  }
}
