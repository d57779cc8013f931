// Tested by join-models.unit.test.ts.
import { NetworkError } from '../network-error.js';
import { quotedName } from './quoted-name.js';
import { dataType, decodeModel } from './schema.js';
import type { OnnxGraph, OnnxModel, OnnxValueInfo } from './schema.js';
import { whatBytesAre } from './what-bytes-are.js';

/** An input or an output of an ONNX graph. */
export interface ModelEnd {
  readonly name: string;
  /** Undefined: of another type. */
  readonly type: 'float32' | 'float64' | undefined;
  /** Undefined: the file does not say. An extent of -1 is open. */
  readonly dims: readonly number[] | undefined;
}

export interface ModelEnds {
  readonly inputs: readonly ModelEnd[];
  readonly outputs: readonly ModelEnd[];
}

/**
 * What an ONNX model takes and gives, also one of several inputs or outputs, which only `joinModels` makes a network.
 * @throws NetworkError 'onnx' if the bytes are no model
 */
export const modelEnds = (bytes: Uint8Array): ModelEnds => endsOf(graphOf(decodeModel(bytes), bytes));

export function graphOf({ graph }: OnnxModel, bytes: Uint8Array): OnnxGraph {
  if (graph !== undefined) return graph;
  throw new NetworkError('onnx', whatBytesAre(bytes) ?? 'the bytes hold no graph: not an ONNX model, or a part of one');
}

export function endsOf({ initializer, input, output }: OnnxGraph): ModelEnds {
  const constants = new Set((initializer ?? []).map(({ name }) => name));
  return {
    inputs: (input ?? []).filter(({ name }) => !constants.has(name)).map(endOf),
    outputs: (output ?? []).map(endOf),
  };
}

function endOf({ name = '', type }: OnnxValueInfo): ModelEnd {
  const { elemType, shape } = type?.tensorType ?? {};
  const dims = shape?.dim?.map(({ dimValue }) => (dimValue !== undefined && dimValue > 0 ? dimValue : -1));
  const wrong = shape?.dim?.find(({ dimValue }) => dimValue === 0);
  if (wrong !== undefined) throw new NetworkError('unsupported', `${quotedName(name)} has an extent of 0`);
  return {
    name,
    type: elemType === dataType.float ? 'float32' : elemType === dataType.double ? 'float64' : undefined,
    // A scalar has a shape without dimensions.
    dims: dims ?? (shape === undefined ? undefined : []),
  };
}
