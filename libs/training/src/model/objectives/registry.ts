import { combination, type LinearExpression } from '@mipnet/mip';
import { lossOf, lossValue } from './losses/registry.js';
import { encodeMargin, marginValue } from './margin.js';
import type { Objective } from '../../problem/objective.js';
import type { ObjectiveContext, Replay } from './objective.js';
import { encodeSparsity, sparsityValue } from './sparsity.js';
import { encodeUsedNeurons, usedNeurons } from './used-neurons.js';

/** Adds an objective to the model; returns the expression to minimise. */
export function encodeObjective(objective: Objective, context: ObjectiveContext): LinearExpression {
  switch (objective.kind) {
    case 'fit': {
      const loss = lossOf(objective.loss).encode(context);
      return objective.sparsity === 0 ? loss : combination([loss, encodeSparsity(context)], [1, objective.sparsity]);
    }
    case 'margin':
      return encodeMargin(context);
    case 'sparsity':
      return objective.of === 'neurons' ? encodeUsedNeurons(context) : encodeSparsity(context);
  }
}

/** The same objective by the forward pass. */
export function objectiveValue(objective: Objective, replay: Replay): number {
  switch (objective.kind) {
    case 'fit':
      return (
        lossValue(objective.loss, replay) + (objective.sparsity === 0 ? 0 : objective.sparsity * sparsityValue(replay))
      );
    case 'margin':
      return marginValue(replay);
    case 'sparsity':
      return objective.of === 'neurons' ? usedNeurons(replay) : sparsityValue(replay);
  }
}
