import { attributeType, dataType, encodeModel } from '../onnx/schema.js';
import type { OnnxAttribute, OnnxNode, OnnxTensor, OnnxValueInfo } from '../onnx/schema.js';

type Attributes = Record<string, number | readonly number[] | string | OnnxTensor | { readonly float: number }>;

/** One node; its name is its output's. A number is an int attribute, `{ float }` a float one. */
export function node(opType: string, input: readonly string[], output: string, attributes: Attributes = {}): OnnxNode {
  return {
    opType,
    input,
    output: [output],
    name: output,
    attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  };
}

export function floats(name: string, dims: readonly number[], numbers: readonly number[]): OnnxTensor {
  return { name, dims, dataType: dataType.float, floatData: numbers };
}

export function integers(name: string, numbers: readonly number[]): OnnxTensor {
  return { name, dims: [numbers.length], dataType: dataType.int64, int64Data: numbers };
}

export interface ModelParts {
  /** Dimensions of the input 'x'; a string is an open dimension. */
  readonly input: readonly (number | string)[];
  readonly nodes: readonly OnnxNode[];
  readonly constants?: readonly OnnxTensor[];
  readonly opset?: number;
  readonly elemType?: number;
  readonly output?: string;
}

/** The bytes of a model from 'x' to 'y' (or `output`). */
export function onnxModel({
  input,
  nodes,
  constants = [],
  opset = 17,
  elemType = dataType.float,
  output = 'y',
}: ModelParts): Uint8Array {
  return encodeModel({
    irVersion: 8,
    graph: {
      name: 'test',
      node: nodes,
      initializer: constants,
      input: [valueInfo('x', elemType, input)],
      output: [{ name: output, type: { tensorType: { elemType } } }],
    },
    opsetImport: [{ domain: '', version: opset }],
  });
}

function valueInfo(name: string, elemType: number, dims: readonly (number | string)[]): OnnxValueInfo {
  const dim = dims.map((extent) => (typeof extent === 'string' ? { dimParam: extent } : { dimValue: extent }));
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}

function attribute(name: string, value: Attributes[string]): OnnxAttribute {
  if (typeof value === 'number') return { name, i: value, type: attributeType.int };
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: attributeType.string };
  if (Array.isArray(value)) return { name, ints: value as readonly number[], type: attributeType.ints };
  if ('float' in value) return { name, f: value.float, type: attributeType.float };
  return { name, t: value as OnnxTensor, type: attributeType.tensor };
}
