import type { Layer } from '../network.js';
import { activation } from './activation.js';
import { concat } from './concat.js';
import { conv2d } from './conv2d.js';
import { dense } from './dense.js';
import { fill } from './fill.js';
import { flatten } from './flatten.js';
import type { LayerKind } from './layer-kind.js';
import { add } from './add.js';
import { averagePool2d, maxPool2d } from './pool2d.js';
import { quantize } from './quantize.js';
import { scale } from './scale.js';
import { select } from './select.js';

/** All kinds of layers by name. One that is missing does not compile. */
const layers = {
  dense,
  conv2d,
  maxPool2d,
  averagePool2d,
  scale,
  quantize,
  fill,
  flatten,
  activation,
  add,
  concat,
  select,
} satisfies { readonly [K in Layer['kind']]: LayerKind<Layer & { kind: K }> };

/** Undefined for an unknown kind, which plain data may have. */
export function knownKind({ kind }: Layer): LayerKind<Layer> | undefined {
  return Object.hasOwn(layers, kind) ? (layers[kind] as unknown as LayerKind<Layer>) : undefined;
}

/** The definition of a layer's kind, which must be known (`outputShape` checks it). */
export const kindOf = (layer: Layer): LayerKind<Layer> => layers[layer.kind] as unknown as LayerKind<Layer>;
