// Tested by to-c.int.test.ts.
import type { Layer } from '../network.js';
import { add, conv2d, dense, scale } from './affine-layers.js';
import { activation, concat, fill, quantize, select } from './elementwise-layers.js';
import type { LayerWriter } from './layer-writer.js';
import { averagePool2d, maxPool2d } from './pools.js';

/** All kinds of layers by name. One that is missing does not compile. */
const writers = {
  dense,
  conv2d,
  maxPool2d,
  averagePool2d,
  fill,
  scale,
  quantize,
  flatten: () => undefined,
  activation,
  add,
  concat,
  select,
} satisfies { readonly [K in Layer['kind']]: LayerWriter<Layer & { kind: K }> };

export const writerOf = (layer: Layer): LayerWriter<Layer> => writers[layer.kind] as unknown as LayerWriter<Layer>;
