import type { Activation, Conv2d, Layer, Network, Pool2d, Scale, Shape } from '../network.js';
import { NetworkError } from '../network-error.js';
import { sizeOf, validateNetwork } from '../shapes.js';
import { attributeType, dataType, encodeModel } from './schema.js';
import type { OnnxAttribute, OnnxNode, OnnxTensor, OnnxValueInfo } from './schema.js';

const IR_VERSION = 8;
const OPSET = 17;

/**
 * The network as an ONNX model (opset 17): input `input` of shape N x inputShape, output `output`, both float32.
 * All numbers are rounded to the nearest float32, so `fromOnnx(toOnnx(n))` is n with its numbers so rounded; a ternary
 * threshold that rounds to zero is the ONNX operator Sign. Equal networks give equal bytes: metadata is sorted by key.
 * @throws NetworkError as `validateNetwork`, and 'value' for a number beyond the range of float32
 */
export function toOnnx(network: Network): Uint8Array {
  const shapes = validateNetwork(network);
  const graph = new GraphWriter();
  for (const [index, layer] of network.layers.entries()) {
    graph.startLayer(index, layer.kind);
    writeLayer(graph, layer, index === 0 ? network.inputShape : shapes[index - 1]);
  }
  return encodeModel({
    irVersion: IR_VERSION,
    producerName: 'mipnet',
    graph: {
      node: graph.finish(),
      name: 'network',
      initializer: graph.initializers,
      input: [tensorInfo('input', network.inputShape)],
      output: [tensorInfo('output', shapes.at(-1) ?? network.inputShape)],
    },
    opsetImport: [{ domain: '', version: OPSET }],
    metadataProps: Object.entries(network.metadata ?? {})
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, value]) => ({ key, value })),
  });
}

/** Collects the nodes of a chain: each one takes the value of the node before it, besides its constants. */
class GraphWriter {
  readonly initializers: OnnxTensor[] = [];
  readonly #nodes: { input: string[]; output: string[]; name: string; opType: string; attribute: OnnxAttribute[] }[] =
    [];
  #value = 'input';
  #layer = 0;
  #kind = '';
  #count = 0;

  startLayer(index: number, kind: string): void {
    this.#layer = index;
    this.#kind = kind;
    this.#count = 0;
  }

  /** The value the chain has come to. */
  get value(): string {
    return this.#value;
  }

  constant(numbers: ArrayLike<number>, dims: Shape): string {
    const name = `layer${this.#layer}.constant${this.#count++}`;
    const rawData = new Uint8Array(numbers.length * 4);
    const view = new DataView(rawData.buffer);
    for (let index = 0; index < numbers.length; index++) {
      const rounded = Math.fround(numbers[index]);
      if (!Number.isFinite(rounded)) {
        throw new NetworkError('value', `${numbers[index]} is beyond the range of float32`, {
          layer: this.#layer,
          kind: this.#kind,
        });
      }
      view.setFloat32(index * 4, rounded, true);
    }
    this.initializers.push({ dims, dataType: dataType.float, name, rawData });
    return name;
  }

  /** Adds a node and returns the name of its value; the chain moves on only through `advance`. */
  node(opType: string, input: string[], attribute: OnnxAttribute[] = []): string {
    const name = `layer${this.#layer}.${opType}${this.#count++}`;
    this.#nodes.push({ input, output: [name], name, opType, attribute });
    return name;
  }

  advance(opType: string, constants: string[] = [], attribute: OnnxAttribute[] = []): void {
    this.#value = this.node(opType, [this.#value, ...constants], attribute);
  }

  moveTo(value: string): void {
    this.#value = value;
  }

  finish(): OnnxNode[] {
    // A graph's output must be the output of a node.
    if (this.#nodes.length === 0) this.advance('Identity');
    this.#nodes[this.#nodes.length - 1].output = ['output'];
    return this.#nodes;
  }
}

function writeLayer(graph: GraphWriter, layer: Layer, input: Shape): void {
  switch (layer.kind) {
    case 'dense':
      return graph.advance(
        'Gemm',
        [graph.constant(layer.weights, [layer.outputs, layer.inputs]), graph.constant(layer.bias, [layer.outputs])],
        [{ name: 'transB', i: 1, type: attributeType.int }],
      );
    case 'conv2d':
      return writeConvolution(graph, layer);
    case 'maxPool2d':
      return graph.advance('MaxPool', [], poolAttributes(layer));
    case 'averagePool2d':
      return graph.advance(
        'AveragePool',
        [],
        [
          ...poolAttributes(layer),
          { name: 'count_include_pad', i: layer.countIncludePad ? 1 : 0, type: attributeType.int },
        ],
      );
    case 'scale':
      return writeScale(graph, layer, input);
    case 'quantize': {
      graph.advance('Mul', [graph.constant([layer.levels], [])]);
      graph.advance('Add', [graph.constant([0.5], [])]);
      graph.advance('Floor');
      return graph.advance('Div', [graph.constant([layer.levels], [])]);
    }
    case 'flatten':
      return graph.advance('Flatten', [], [{ name: 'axis', i: 1, type: attributeType.int }]);
    case 'activation':
      return writeActivation(graph, layer);
  }
}

function writeConvolution(graph: GraphWriter, layer: Conv2d): void {
  const { outputChannels, inputChannels, groups, kernel } = layer;
  const weights = graph.constant(layer.weights, [outputChannels, inputChannels / groups, ...kernel]);
  graph.advance(
    'Conv',
    [weights, graph.constant(layer.bias, [outputChannels])],
    [
      integers('dilations', layer.dilations),
      { name: 'group', i: groups, type: attributeType.int },
      integers('kernel_shape', kernel),
      integers('pads', layer.pads),
      integers('strides', layer.strides),
    ],
  );
}

function poolAttributes(layer: Pool2d): OnnxAttribute[] {
  return [integers('kernel_shape', layer.kernel), integers('pads', layer.pads), integers('strides', layer.strides)];
}

function writeScale(graph: GraphWriter, layer: Scale, input: Shape): void {
  const dims = (numbers: Float64Array): Shape => {
    if (numbers.length === 1) return [];
    if (numbers.length === sizeOf(input)) return input;
    return [input[0], ...input.slice(1).map(() => 1)];
  };
  graph.advance('Mul', [graph.constant(layer.factor, dims(layer.factor))]);
  graph.advance('Add', [graph.constant(layer.offset, dims(layer.offset))]);
}

function writeActivation(graph: GraphWriter, layer: Activation): void {
  const x = graph.value;
  const scalar = (number: number) => graph.constant([number], []);
  switch (layer.activation) {
    case 'relu':
      return graph.advance('Relu');
    case 'sign':
    case 'step': {
      const isHigh = graph.node('GreaterOrEqual', [x, scalar(0)]);
      return graph.moveTo(graph.node('Where', [isHigh, scalar(1), scalar(layer.activation === 'sign' ? -1 : 0)]));
    }
    case 'ternary': {
      const threshold = layer.threshold as number;
      // No float32 but zero lies strictly inside such a threshold.
      if (Math.fround(threshold) === 0) return graph.advance('Sign');
      const isLow = graph.node('LessOrEqual', [x, scalar(-threshold)]);
      const isHigh = graph.node('GreaterOrEqual', [x, scalar(threshold)]);
      const low = graph.node('Where', [isLow, scalar(-1), scalar(0)]);
      return graph.moveTo(graph.node('Where', [isHigh, scalar(1), low]));
    }
  }
}

function integers(name: string, ints: readonly number[]): OnnxAttribute {
  return { name, ints, type: attributeType.ints };
}

/** The batch has no fixed size. */
function tensorInfo(name: string, shape: Shape): OnnxValueInfo {
  const dim = [{ dimParam: 'N' }, ...shape.map((dimValue) => ({ dimValue }))];
  return { name, type: { tensorType: { elemType: dataType.float, shape: { dim } } } };
}
