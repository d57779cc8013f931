import { NetworkError } from '../network-error.js';
import { sizeOf, type Shape } from '../shape.js';
import { endsOf, graphOf } from './model-ends.js';
import { attributeType, dataType, decodeModel, encodeModel } from './schema.js';
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor, OnnxValueInfo } from './schema.js';

/** A tensor of a model by its name, and its extents. */
export interface NamedTensor {
  readonly name: string;
  readonly dims: Shape;
}

/** A model, and what of it the joined one takes and gives. */
export interface JoinedPart {
  readonly bytes: Uint8Array;
  /** All its inputs, in the order in which the joined model takes them. */
  readonly inputs: readonly NamedTensor[];
  /** Any tensors of its graph, in the order in which the joined model gives them. */
  readonly shown: readonly NamedTensor[];
}

/** From this opset on, a slice has its ends as inputs. */
const sliceByInputs = 10;

/**
 * One ONNX model of several, or of one with other ends: its input is all inputs, its output all shown tensors, each
 * flat and one after the other; `withInputs`: the inputs stand before them. The nodes are those of the files, so the
 * ONNX runtime computes the same numbers; what is added only moves them. A single input keeps its dimensions.
 * @throws NetworkError 'onnx' if bytes are no model, 'unsupported' for models of different opsets or number types
 */
export function joinModels(parts: readonly JoinedPart[], { withInputs = false } = {}): Uint8Array {
  const models = parts.map(({ bytes }) => decodeModel(bytes));
  const graphs = models.map((model, at) => graphOf(model, parts[at].bytes));
  const opsets = new Set(models.map(({ opsetImport }) => JSON.stringify(opsetImport ?? [])));
  if (opsets.size > 1)
    throw new NetworkError('unsupported', 'the models use different opsets; convert them to the same one');
  const types = new Set(graphs.flatMap((graph) => endsOf(graph).inputs.map(({ type }) => type)));
  const [type] = types;
  if (types.size !== 1 || type === undefined)
    throw new NetworkError('unsupported', 'the inputs of the models are not all float32, or all float64');
  const opset = models[0].opsetImport?.find(({ domain = '' }) => domain === '' || domain === 'ai.onnx')?.version ?? 0;
  const names = new Names(parts.map((_, at) => `network${at}/`));
  const joined = new Joined(opset);
  const inputs = parts.flatMap((part, at) => part.inputs.map(({ name, dims }) => ({ name: names.of(at, name), dims })));
  const whole = { name: 'inputs', dims: [1, inputs.reduce((sum, { dims }) => sum + sizeOf(dims), 0)] };
  const [single, ...others] = inputs;
  const input = others.length === 0 ? single : whole;
  if (others.length > 0) joined.divide(whole, inputs);
  const nodes = graphs.flatMap((graph, at) => names.nodesOf(at, graph));
  const shown = parts.flatMap((part, at) => part.shown.map(({ name, dims }) => ({ name: names.of(at, name), dims })));
  const before = joined.takeNodes();
  joined.concat([...(withInputs ? [input] : []), ...shown]);
  const elemType = type === 'float32' ? dataType.float : dataType.double;
  return encodeModel({
    irVersion: Math.max(...models.map(({ irVersion }) => irVersion ?? 3)),
    opsetImport: models[0].opsetImport,
    graph: {
      name: 'joined',
      node: [...before, ...nodes, ...joined.takeNodes()],
      initializer: [...graphs.flatMap((graph, at) => names.constantsOf(at, graph)), ...joined.constants],
      input: [valueInfo(input, elemType)],
      output: [{ name: 'outputs', type: { tensorType: { elemType } } }],
    },
  });
}

const valueInfo = ({ name, dims }: NamedTensor, elemType: number): OnnxValueInfo => ({
  name,
  type: { tensorType: { elemType, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
});

/** Names of the parts, kept apart by a prefix. */
class Names {
  constructor(private readonly prefixes: readonly string[]) {}

  /** An optional input that is left out has no name. */
  of(part: number, name: string | undefined): string {
    return name === undefined || name === '' ? '' : this.prefixes[part] + name;
  }

  nodesOf(part: number, { node }: OnnxGraph): OnnxNode[] {
    return (node ?? []).map((one) => ({
      ...one,
      name: this.of(part, one.name),
      input: (one.input ?? []).map((name) => this.of(part, name)),
      output: (one.output ?? []).map((name) => this.of(part, name)),
    }));
  }

  constantsOf(part: number, { initializer, sparseInitializer }: OnnxGraph): OnnxTensor[] {
    if (sparseInitializer?.length)
      throw new NetworkError('unsupported', 'sparse initializers are not supported; store them dense');
    return (initializer ?? []).map((tensor) => ({ ...tensor, name: this.of(part, tensor.name) }));
  }
}

/** The nodes that are added: slices, reshapes and one concatenation. */
class Joined {
  readonly constants: OnnxTensor[] = [];
  #nodes: OnnxNode[] = [];
  #count = 0;

  constructor(private readonly opset: number) {}

  takeNodes(): OnnxNode[] {
    const taken = this.#nodes;
    this.#nodes = [];
    return taken;
  }

  divide({ name }: NamedTensor, targets: readonly NamedTensor[]): void {
    let start = 0;
    for (const target of targets) {
      const end = start + sizeOf(target.dims);
      const slice = this.#name();
      if (this.opset >= sliceByInputs)
        this.#node('Slice', [name, ...[[start], [end], [1]].map((one) => this.#integers(one))], slice);
      else this.#node('Slice', [name], slice, [ints('starts', [start]), ints('ends', [end]), ints('axes', [1])]);
      this.#node('Reshape', [slice, this.#integers(target.dims)], target.name);
      start = end;
    }
  }

  concat(tensors: readonly NamedTensor[]): void {
    const flat = tensors.map(({ name, dims }) => {
      const flat = this.#name();
      this.#node('Reshape', [name, this.#integers([1, sizeOf(dims)])], flat);
      return flat;
    });
    this.#node('Concat', flat, 'outputs', [{ name: 'axis', i: 1, type: attributeType.int }]);
  }

  #node(opType: string, input: readonly string[], output: string, attribute: OnnxAttribute[] = []): void {
    this.#nodes.push({ opType, name: this.#name(), input, output: [output], attribute });
  }

  #name(): string {
    return `joined/${this.#count++}`;
  }

  #integers(numbers: readonly number[]): string {
    const name = this.#name();
    const rawData = new Uint8Array(8 * numbers.length);
    const view = new DataView(rawData.buffer);
    numbers.forEach((value, at) => view.setBigInt64(8 * at, BigInt(value), true));
    this.constants.push({ name, dims: [numbers.length], dataType: dataType.int64, rawData });
    return name;
  }
}

const ints = (name: string, values: number[]): OnnxAttribute => ({ name, ints: values, type: attributeType.ints });
