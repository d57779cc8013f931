// Tested by ../onnxruntime.int.test.ts.
import type { NodeReader } from '../node-reader.js';
import type { Signal } from '../signal.js';
import type { Constant } from '../tensor.js';
import { broadcastDims } from './axes.js';
import { expanded } from './moving.js';

/** The signal, repeated along the axes along which a constant repeats it. */
export const fitted = (signal: Signal, { dims }: Pick<Constant, 'dims'>, node: NodeReader): Signal =>
  expanded(signal, broadcastDims([signal.dims, dims], node), node);
