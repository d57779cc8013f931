import type { Flatten } from '../network.js';
import { integer } from '../onnx/attributes.js';
import { sizeOf } from '../shape.js';
import type { LayerKind } from './layer-kind.js';

/** Makes channels x rows x columns flat; the numbers stay where they are. */
export const flatten: LayerKind<Flatten> = {
  shape: (_, input) => [sizeOf(input)],
  prepare: () => undefined,
  map: (_, input) => ({ kind: 'identity', inputs: sizeOf(input), outputs: sizeOf(input) }),
  parameters: () => [],
  multiplications: (_, output) => sizeOf(output),
  rounded: (layer) => layer,
  rounds: () => false,
  write: (graph) => graph.advance('Flatten', [], [integer('axis', 1)]),
};
