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
const reluCases = conformanceCases.filter(({ network }) =>
  network.layers.some((layer) => layer.kind === 'activation' && layer.activation === 'relu'),
);

encodingConformance('big-m', { formulation: 'big-m' }, loadHighsSolver);
for (const formulation of formulations) encodingConformance(formulation, { formulation }, loadHighsSolver, reluCases);
