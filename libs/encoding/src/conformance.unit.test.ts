import { isContinuous, piecesOf } from '@mipnet/network';
import { loadHighsSolver } from '@mipnet/solver';
import { conformanceCases, encodingConformance } from './conformance.js';
import type { ReluFormulation } from './activations/relu-formulation.js';

const formulations: readonly ReluFormulation[] = [
  'extended',
  'convex-hull',
  'partition(1)',
  'partition(2)',
  'partition(9)',
];
/** A formulation is of the bends. */
const reluCases = conformanceCases.filter(({ network }) =>
  network.layers.some((layer) => layer.kind === 'activation' && isContinuous(piecesOf(layer))),
);

encodingConformance('big-m', { formulation: 'big-m' }, loadHighsSolver);
for (const formulation of formulations) encodingConformance(formulation, { formulation }, loadHighsSolver, reluCases);
