import { sourcesOf } from '../graph.js';
import { kindOf } from '../layers/registry.js';
import type { Network } from '../network.js';
import type { Shape } from '../shape.js';
import { validateNetwork } from '../shapes.js';
import { GraphWriter } from './graph-writer.js';
import { dataType, encodeModel, type OnnxValueInfo } from './schema.js';

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
  const sources = sourcesOf(network);
  const values: string[] = [];
  for (const [index, layer] of network.layers.entries()) {
    graph.startLayer(
      index,
      layer.kind,
      sources[index].map((source) => (source < 0 ? 'input' : values[source])),
    );
    const [first] = sources[index];
    kindOf(layer).write(graph, layer, first < 0 ? network.inputShape : shapes[first]);
    values.push(graph.value);
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

/** The batch has no fixed size. */
function tensorInfo(name: string, shape: Shape): OnnxValueInfo {
  const dim = [{ dimParam: 'N' }, ...shape.map((dimValue) => ({ dimValue }))];
  return { name, type: { tensorType: { elemType: dataType.float, shape: { dim } } } };
}
