// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import { Message, only } from './protobuf.js';
import { refuse } from './refusal.js';

// The numbers of fields are those of onnx.proto, github.com/onnx/onnx.

export interface Tensor {
  readonly dims: readonly number[];
  readonly values: Float64Array;
}

type Attribute = number | string | readonly number[] | Tensor;

export interface OnnxNode {
  readonly opType: string;
  readonly domain: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export interface OnnxFile {
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, Tensor>;
  readonly inputs: readonly { readonly name: string; readonly shape: readonly (number | undefined)[] }[];
  readonly outputs: readonly string[];
}

const nameOf = (message: Message, field = 1): string => only(message.texts(field)) ?? '';

/** @throws Refusal if the bytes are no such file */
export function readOnnxFile(bytes: Uint8Array): OnnxFile {
  const model = new Message(bytes);
  const graph = only(model.messages(7)) ?? refuse('the network is not an ONNX file, or has no graph');
  if (graph.has(15) || model.has(25)) refuse('the network has sparse weights, or functions of its own');
  const constants = new Map<string, Tensor>();
  for (const message of graph.messages(5)) {
    const name = nameOf(message, 8);
    if (name === '' || constants.has(name)) refuse(`two weights are called '${name}', or one has no name`);
    constants.set(name, tensorOf(message));
  }
  const inputs = graph.messages(11).filter((message) => !constants.has(nameOf(message)));
  return {
    nodes: graph.messages(1).map((node) => ({
      opType: nameOf(node, 4),
      domain: nameOf(node, 7),
      input: node.texts(1),
      output: node.texts(2),
      attributes: attributesOf(node),
    })),
    constants,
    inputs: inputs.map((input) => ({ name: nameOf(input), shape: shapeOf(input) })),
    outputs: graph.messages(12).map((output) => nameOf(output)),
  };
}

/** Of a ValueInfoProto: its type, that of a tensor, and the tensor's shape. */
function shapeOf(input: Message): (number | undefined)[] {
  const tensor = only(only(input.messages(2))?.messages(1) ?? []);
  if (![1, 11].includes(tensor?.whole(1) ?? 0))
    refuse(`input '${nameOf(input)}' is not made of float32 or float64 numbers`);
  const dims = only(tensor!.messages(2))?.messages(1) ?? [];
  return dims.map((dim) => dim.whole(1)).map((extent = 0) => (extent > 0 ? extent : undefined));
}

function attributesOf(node: Message): OnnxNode['attributes'] {
  const found = new Map<string, Attribute>();
  for (const attribute of node.messages(5)) {
    const name = nameOf(attribute);
    if (found.has(name)) refuse(`a node has the attribute '${name}' twice`);
    found.set(name, attributeOf(attribute));
  }
  return found;
}

function attributeOf(attribute: Message): Attribute {
  const kinds: Record<number, () => Attribute> = {
    1: () => attribute.float(2) ?? 0,
    2: () => attribute.whole(3) ?? 0,
    3: () => nameOf(attribute, 4),
    4: () => tensorOf(only(attribute.messages(5)) ?? refuse('an attribute has no tensor')),
    6: () => [...attribute.numbers(7, 4, (view, at) => view.getFloat32(at, true))],
    7: () => attribute.wholes(8),
  };
  const kind = attribute.whole(20) ?? 0;
  return (kinds[kind] ?? refuse(`attribute '${nameOf(attribute)}' has the unknown type ${kind}`))();
}

function tensorOf(tensor: Message): Tensor {
  const [name, dims, type] = [nameOf(tensor, 8), tensor.wholes(1), tensor.whole(2) ?? 0];
  if ((tensor.whole(14) ?? 0) !== 0) refuse(`the numbers of '${name}' are in another file`);
  const isRaw = (only(tensor.all(9))?.length ?? 0) > 0;
  const kinds: Record<number, () => Float64Array> = {
    1: () => tensor.numbers(isRaw ? 9 : 4, 4, (view, at) => view.getFloat32(at, true)),
    7: () =>
      isRaw
        ? tensor.numbers(9, 8, (view, at) => Number(view.getBigInt64(at, true)))
        : Float64Array.from(tensor.wholes(7)),
    11: () => tensor.numbers(isRaw ? 9 : 10, 8, (view, at) => view.getFloat64(at, true)),
  };
  const values = (
    kinds[type] ?? refuse(`'${name}' has numbers of the type ${type}; the checker reads float32, float64 and int64`)
  )();
  if (dims.some((extent) => extent < 0)) refuse(`'${name}' has a negative extent`);
  const count = dims.reduce((product, extent) => product * extent, 1);
  if (values.length !== count) refuse(`'${name}' has ${values.length} numbers, but its shape asks for ${count}`);
  if (!values.every(Number.isFinite)) refuse(`'${name}' has a number that is not finite`);
  return { dims, values };
}
