import { NetworkError } from '../network-error.js';
import { checkWire } from './check-wire.js';
import { whatBytesAre } from './what-bytes-are.js';
import { WireFormat, type Messages } from './wire-format.js';

/**
 * The part of the ONNX format that feed-forward networks need: field numbers of the messages of the ONNX 1.x
 * specification (github.com/onnx/onnx, onnx.proto). Fields left out here are skipped when read.
 */
export interface OnnxModel {
  readonly irVersion?: number;
  readonly producerName?: string;
  readonly graph?: OnnxGraph;
  readonly opsetImport?: readonly { readonly domain?: string; readonly version?: number }[];
  readonly metadataProps?: readonly { readonly key?: string; readonly value?: string }[];
}

export interface OnnxGraph {
  readonly node?: readonly OnnxNode[];
  readonly name?: string;
  readonly initializer?: readonly OnnxTensor[];
  readonly sparseInitializer?: readonly unknown[];
  readonly input?: readonly OnnxValueInfo[];
  readonly output?: readonly OnnxValueInfo[];
}

export interface OnnxNode {
  readonly input?: readonly string[];
  readonly output?: readonly string[];
  readonly name?: string;
  readonly opType?: string;
  readonly attribute?: readonly OnnxAttribute[];
  readonly domain?: string;
}

export interface OnnxAttribute {
  readonly name?: string;
  readonly f?: number;
  readonly i?: number;
  readonly s?: Uint8Array;
  readonly t?: OnnxTensor;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
  readonly strings?: readonly Uint8Array[];
  readonly type?: number;
}

export interface OnnxTensor {
  readonly dims?: readonly number[];
  readonly dataType?: number;
  readonly floatData?: readonly number[];
  readonly int32Data?: readonly number[];
  readonly int64Data?: readonly number[];
  readonly name?: string;
  readonly rawData?: Uint8Array;
  readonly doubleData?: readonly number[];
  /** If `dataLocation` is 1: 'location' (a file beside the model), 'offset' and 'length'. */
  readonly externalData?: readonly { readonly key?: string; readonly value?: string }[];
  /** 1: the numbers are in another file. */
  readonly dataLocation?: number;
}

export interface OnnxDimension {
  readonly dimValue?: number;
  readonly dimParam?: string;
}

export interface OnnxValueInfo {
  readonly name?: string;
  readonly type?: {
    readonly tensorType?: { readonly elemType?: number; readonly shape?: { readonly dim?: readonly OnnxDimension[] } };
  };
}

/** Attribute.type */
export const attributeType = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7 } as const;
/** Tensor.dataType and elemType */
export const dataType = {
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  double: 11,
  uint32: 12,
  uint64: 13,
  bfloat16: 16,
} as const;

const messages: Messages = {
  Model: {
    irVersion: ['int64', 1],
    producerName: ['string', 2],
    graph: ['Graph', 7],
    opsetImport: ['OperatorSet', 8, 'repeated'],
    metadataProps: ['Property', 14, 'repeated'],
  },
  OperatorSet: { domain: ['string', 1], version: ['int64', 2] },
  Property: { key: ['string', 1], value: ['string', 2] },
  Graph: {
    node: ['Node', 1, 'repeated'],
    name: ['string', 2],
    initializer: ['Tensor', 5, 'repeated'],
    input: ['ValueInfo', 11, 'repeated'],
    output: ['ValueInfo', 12, 'repeated'],
    sparseInitializer: ['SparseTensor', 15, 'repeated'],
  },
  Node: {
    input: ['string', 1, 'repeated'],
    output: ['string', 2, 'repeated'],
    name: ['string', 3],
    opType: ['string', 4],
    attribute: ['Attribute', 5, 'repeated'],
    domain: ['string', 7],
  },
  Attribute: {
    name: ['string', 1],
    f: ['float', 2],
    i: ['int64', 3],
    s: ['bytes', 4],
    t: ['Tensor', 5],
    floats: ['float', 7, 'repeated'],
    ints: ['int64', 8, 'repeated'],
    strings: ['bytes', 9, 'repeated'],
    type: ['int32', 20],
  },
  Tensor: {
    dims: ['int64', 1, 'repeated'],
    dataType: ['int32', 2],
    floatData: ['float', 4, 'repeated'],
    int32Data: ['int32', 5, 'repeated'],
    int64Data: ['int64', 7, 'repeated'],
    name: ['string', 8],
    rawData: ['bytes', 9],
    doubleData: ['double', 10, 'repeated'],
    externalData: ['Property', 13, 'repeated'],
    dataLocation: ['int32', 14],
  },
  SparseTensor: {},
  ValueInfo: { name: ['string', 1], type: ['Type', 2] },
  Type: { tensorType: ['TensorType', 1] },
  TensorType: { elemType: ['int32', 1], shape: ['Shape', 2] },
  Shape: { dim: ['Dimension', 1, 'repeated'] },
  // A batch of 0 samples is not an open batch.
  Dimension: { dimValue: ['int64', 1, 'choice'], dimParam: ['string', 2, 'choice'] },
};

const format = new WireFormat(messages);

/** The bytes of a model. Fields are written in the order of their numbers, so equal models have equal bytes. */
export function encodeModel(model: OnnxModel): Uint8Array {
  return format.encode('Model', model);
}

/** The bytes of one part of a model. */
export const encodePart = (type: 'Node' | 'Tensor' | 'ValueInfo' | 'OperatorSet', part: object): Uint8Array =>
  format.encode(type, part);

const wireFields = new Map(
  Object.entries(messages).map(([name, fields]) => [
    name,
    new Map(Object.values(fields).map(([type, id]) => [id, { type, isMessage: type in messages }])),
  ]),
);

/**
 * @throws NetworkError 'onnx' if the bytes are not a protocol buffer of this shape, saying what they are if that is
 *   known; 'unsupported' if decoding them would take too much memory
 */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  try {
    checkWire(bytes, wireFields, 'Model');
    return format.decode('Model', bytes) as OnnxModel;
  } catch (cause) {
    if (cause instanceof NetworkError) throw cause;
    const what =
      whatBytesAre(bytes) ??
      `these ${bytes.length} bytes are not an ONNX model, or only a part of one: get the file again`;
    throw new NetworkError('onnx', what, { cause });
  }
}
