import { activationKind, applied, piecesOf, type Activation } from '../activations/registry.js';
import type { Layer } from '../network.js';
import { hasExactPieces, isContinuous } from '../piecewise-linear.js';
import { sizeOf } from '../shape.js';
import { elementwise } from './elementwise.js';
import type { LayerKind } from './layer-kind.js';

/** Whether a layer is a continuous activation, to which the formulations of relu apply. */
export const hasBends = (layer: Layer): boolean => layer.kind === 'activation' && isContinuous(piecesOf(layer));

/** One function of one number over every number: see ../activations. */
export const activation: LayerKind<Activation> = {
  shape: (layer, input, refuse) => {
    const kind = activationKind(layer);
    if (kind === undefined) return refuse('unsupported', `there is no activation '${layer.activation}'`);
    const wrong = kind.check(layer);
    if (wrong !== undefined) refuse('value', `a ${layer.activation} activation ${wrong}`);
    return input;
  },
  prepare: (layer, input) => elementwise(input, applied(layer)),
  map: (layer, input) => ({ kind: 'elementwise', inputs: sizeOf(input), outputs: sizeOf(input), layer }),
  parameters: () => [],
  multiplications: (_, output) => sizeOf(output),
  rounded: (layer) => activationKind(layer)!.rounded(layer),
  rounds: (layer) => !hasExactPieces(piecesOf(layer)),
  write: (graph, layer) => activationKind(layer)!.write(graph, layer),
};
