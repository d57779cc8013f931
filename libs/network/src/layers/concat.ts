import type { Concat } from '../network.js';
import { integer } from '../onnx/attributes.js';
import { sizeOf } from '../shape.js';
import type { LayerKind } from './layer-kind.js';

/** Layers side by side: vectors one after the other, or the channels of images of one size. */
export const concat: LayerKind<Concat> = {
  readsSeveral: true,
  shape: (_, input, refuse, others) => {
    const stranger = others.find(
      (other) => other.length !== input.length || other.some((extent, axis) => axis > 0 && extent !== input[axis]),
    );
    if (stranger)
      refuse(
        'shape',
        `it puts [${input.join(', ')}] and [${stranger.join(', ')}] side by side; only the first extent may differ`,
      );
    return [others.reduce((sum, other) => sum + other[0], input[0]), ...input.slice(1)];
  },
  prepare: () => undefined,
  map: (_, __, output) => ({ kind: 'identity', inputs: sizeOf(output), outputs: sizeOf(output) }),
  parameters: () => [],
  multiplications: (_, output) => sizeOf(output),
  rounded: (layer) => layer,
  rounds: () => false,
  write: (graph) => graph.moveTo(graph.node('Concat', graph.values, [integer('axis', 1)])),
};
