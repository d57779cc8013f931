// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import protobuf from 'protobufjs/light.js';
import { refuse } from './refusal.js';

// The part of the ONNX format that chains need. Field numbers: onnx.proto, github.com/onnx/onnx.

export interface Tensor {
  readonly dims: readonly number[];
  readonly values: Float64Array;
}

export interface OnnxNode {
  readonly opType: string;
  readonly domain: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  /** By name: a number, a text, numbers or a tensor. */
  readonly attributes: ReadonlyMap<string, number | string | readonly number[] | Tensor>;
}

export interface OnnxFile {
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, Tensor>;
  readonly inputs: readonly { readonly name: string; readonly shape: readonly (number | undefined)[] }[];
  readonly outputs: readonly string[];
}

type Fields = Record<string, readonly [type: string, id: number, rule?: 'repeated']>;

const messages: Record<string, Fields> = {
  Model: { graph: ['Graph', 7] },
  Graph: {
    node: ['Node', 1, 'repeated'],
    initializer: ['Tensor', 5, 'repeated'],
    input: ['ValueInfo', 11, 'repeated'],
    output: ['ValueInfo', 12, 'repeated'],
    sparse: ['Empty', 15, 'repeated'],
  },
  Node: {
    input: ['string', 1, 'repeated'],
    output: ['string', 2, 'repeated'],
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
    type: ['int32', 20],
  },
  Tensor: {
    dims: ['int64', 1, 'repeated'],
    dataType: ['int32', 2],
    floatData: ['float', 4, 'repeated'],
    int64Data: ['int64', 7, 'repeated'],
    name: ['string', 8],
    rawData: ['bytes', 9],
    doubleData: ['double', 10, 'repeated'],
    dataLocation: ['int32', 14],
  },
  ValueInfo: { name: ['string', 1], type: ['Type', 2] },
  Type: { tensorType: ['TensorType', 1] },
  TensorType: { elemType: ['int32', 1], shape: ['Shape', 2] },
  Shape: { dim: ['Dimension', 1, 'repeated'] },
  Dimension: { dimValue: ['int64', 1] },
  Empty: {},
};

const nested = Object.fromEntries(
  Object.entries(messages).map(([name, fields]) => [
    name,
    {
      fields: Object.fromEntries(
        Object.entries(fields).map(([field, [type, id, rule]]) => [field, { type, id, rule }]),
      ),
    },
  ]),
);
const Model = protobuf.Root.fromJSON({ nested }).lookupType('Model');

interface RawTensor {
  readonly dims: number[];
  readonly dataType: number;
  readonly floatData: number[];
  readonly int64Data: number[];
  readonly doubleData: number[];
  readonly name: string;
  readonly rawData: Uint8Array;
  readonly dataLocation: number;
}

interface RawGraph {
  readonly node: (Omit<OnnxNode, 'attributes'> & { readonly attribute: RawAttribute[] })[];
  readonly initializer: RawTensor[];
  readonly input: {
    name: string;
    type: { tensorType: { elemType: number; shape: { dim: { dimValue: number }[] } } };
  }[];
  readonly output: { name: string }[];
  readonly sparse: unknown[];
}

interface RawAttribute {
  readonly name: string;
  readonly f: number;
  readonly i: number;
  readonly s: Uint8Array;
  readonly t: RawTensor;
  readonly floats: number[];
  readonly ints: number[];
  readonly type: number;
}

/** Bytes; decoded, a file may take ten times as much memory. */
const mostBytes = 2 ** 28;
const types = { float: 1, int64: 7, double: 11 };

/** @throws Refusal if the bytes are no such file, or hold what chains do not need */
export function readOnnxFile(bytes: Uint8Array): OnnxFile {
  if (bytes.length > mostBytes) refuse(`the network has ${bytes.length} bytes; the checker reads up to ${mostBytes}`);
  let graph: RawGraph | null;
  try {
    graph = (Model.toObject(Model.decode(bytes), { longs: Number, defaults: true }) as { graph: RawGraph | null })
      .graph;
  } catch {
    return refuse('the network is not an ONNX file');
  }
  if (graph === null) return refuse('the network is not an ONNX file, or has no graph');
  if (graph.sparse.length > 0) refuse('the network has sparse weights');
  const constants = new Map<string, Tensor>();
  for (const raw of graph.initializer) {
    if (raw.name === '' || constants.has(raw.name)) refuse(`two weights are called '${raw.name}', or one has no name`);
    constants.set(raw.name, tensorOf(raw));
  }
  const inputs = graph.input
    .filter(({ name }) => !constants.has(name))
    .map(({ name, type }) => {
      const tensor = type?.tensorType;
      if (tensor?.elemType !== types.float && tensor?.elemType !== types.double)
        refuse(`input '${name}' is not made of float32 or float64 numbers`);
      return { name, shape: (tensor.shape?.dim ?? []).map(({ dimValue }) => (dimValue > 0 ? dimValue : undefined)) };
    });
  const nodes = graph.node.map(({ attribute, ...node }) => ({
    ...node,
    attributes: new Map(attribute.map((one) => [one.name, valueOf(one)])),
  }));
  return { nodes, constants, inputs, outputs: graph.output.map(({ name }) => name) };
}

function valueOf({ name, type, f, i, s, t, floats, ints }: RawAttribute): number | string | readonly number[] | Tensor {
  switch (type) {
    case 1:
      return f;
    case 2:
      return i;
    case 3:
      return new TextDecoder().decode(s);
    case 4:
      return tensorOf(t);
    case 6:
      return floats;
    case 7:
      return ints;
    default:
      return refuse(`attribute '${name}' has the unknown type ${type}`);
  }
}

function tensorOf(raw: RawTensor): Tensor {
  const { dims, dataType, name, rawData } = raw;
  if (raw.dataLocation !== 0) refuse(`the numbers of '${name}' are in another file`);
  const count = dims.reduce((product, extent) => product * extent, 1);
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  const read = (bytes: number, at: (offset: number) => number, data: readonly number[]): Float64Array =>
    rawData.length === 0
      ? Float64Array.from(data)
      : Float64Array.from({ length: Math.floor(rawData.length / bytes) }, (_, i) => at(i * bytes));
  const values =
    dataType === types.float
      ? read(4, (at) => view.getFloat32(at, true), raw.floatData)
      : dataType === types.double
        ? read(8, (at) => view.getFloat64(at, true), raw.doubleData)
        : dataType === types.int64
          ? read(8, (at) => Number(view.getBigInt64(at, true)), raw.int64Data)
          : refuse(`'${name}' has numbers of the type ${dataType}; the checker reads float32, float64 and int64`);
  if (values.length !== count) refuse(`'${name}' has ${values.length} numbers, but its shape asks for ${count}`);
  if (!values.every(Number.isFinite)) refuse(`'${name}' has a number that is not finite`);
  return { dims, values };
}
