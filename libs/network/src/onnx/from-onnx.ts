import type { Network } from '../network.js';
import { NetworkError } from '../network-error.js';
import { validateNetwork } from '../shapes.js';
import { NodeReader } from './node-reader.js';
import { operators } from './operators/table.js';
import { dataType, decodeModel } from './schema.js';
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxValueInfo } from './schema.js';
import { inOrder, isTooLarge, startSignal } from './signal.js';
import type { Signal } from './signal.js';
import { readTensor } from './tensor.js';
import { asSignal } from './value.js';
import type { Value } from './value.js';

const OLDEST_OPSET = 7; // Before it, Add and Mul broadcast in another way.
const NEWEST_OPSET = 24; // What a later one means by these operators is not known here.

/**
 * Reads an ONNX model that is a chain of the operators in `operators/table.ts` from one float input to one output.
 * The first axis of the input is the batch if its size is open or 1, and no part of the network's shapes.
 * @throws NetworkError 'onnx' when the bytes are no sound model, 'unsupported' naming the operator and its node when the
 *   model means something a network here cannot, 'shape' or 'value' as `validateNetwork`
 */
export function fromOnnx(bytes: Uint8Array): Network {
  const model = decodeModel(bytes);
  const graph = graphOf(model);
  const values = new Map<string, Value>();
  for (const tensor of graph.initializer ?? []) values.set(tensor.name ?? '', readTensor(tensor));
  const input = only('input', (graph.input ?? []).filter((info) => !values.has(info.name ?? '')));
  values.set(input.name ?? '', inputSignal(input));
  const output = only('output', graph.output ?? []).name ?? '';

  for (const node of nodesFor(output, graph)) evaluate(node, values);
  const result = values.get(output);
  if (result === undefined) throw new NetworkError('onnx', `no node gives the output '${output}'`);
  const end = new NodeReader({ opType: 'Output', name: output });
  const { inputShape, layers } = inOrder(asSignal(result, end), end);
  const metadata = metadataOf(model);
  const network: Network = { inputShape, layers, ...(metadata && { metadata }) };
  validateNetwork(network);
  return network;
}

function graphOf(model: OnnxModel): OnnxGraph {
  const { graph } = model;
  if (graph === undefined) throw new NetworkError('onnx', 'the bytes hold no graph: not an ONNX model, or only a part of one');
  const opset = (model.opsetImport ?? []).find(({ domain }) => isStandard(domain))?.version;
  if (opset === undefined) throw new NetworkError('onnx', 'the model names no operator set: not an ONNX model, or only a part of one');
  if (opset < OLDEST_OPSET) throw new NetworkError('unsupported', `the model uses opset ${opset}; convert it to ${OLDEST_OPSET} or later`);
  if (opset > NEWEST_OPSET) throw new NetworkError('unsupported', `the model uses opset ${opset}, which is newer than what is known here; export it with opset ${OLDEST_OPSET} to ${NEWEST_OPSET}`);
  if (graph.sparseInitializer?.length) throw new NetworkError('unsupported', 'sparse initializers are not supported; store them dense');
  return graph;
}

function isStandard(domain: string | undefined): boolean {
  return domain === undefined || domain === '' || domain === 'ai.onnx';
}

function only(role: string, infos: readonly OnnxValueInfo[]): OnnxValueInfo {
  if (infos.length === 0) throw new NetworkError('onnx', `the graph has no ${role}`);
  if (infos.length > 1) {
    throw new NetworkError('unsupported', `the graph has the ${role}s ${infos.map(({ name }) => `'${name}'`).join(', ')}; only one is supported`);
  }
  return infos[0];
}

function inputSignal({ name, type }: OnnxValueInfo): Signal {
  const { elemType, shape } = type?.tensorType ?? {};
  if (elemType !== dataType.float && elemType !== dataType.double) {
    throw new NetworkError('unsupported', `the input '${name}' has the ONNX data type ${elemType}; only float and double are supported`);
  }
  const [batch, ...rest] = (shape?.dim ?? []).map(({ dimValue }) => dimValue);
  const isOpen = batch === undefined || batch <= 0;
  const dims = [isOpen ? 1 : batch, ...rest.map((extent) => extent ?? 0)];
  if (shape?.dim === undefined || (isOpen && rest.length === 0) || !dims.every((extent) => extent > 0) || isTooLarge(dims)) {
    throw new NetworkError('unsupported', `the input '${name}' has dimensions [${dims.join(', ')}]; all but the batch must be fixed`);
  }
  return startSignal(dims, isOpen, elemType === dataType.double);
}

/** The nodes that the output depends on, in the order of the file; no others matter. */
function nodesFor(output: string, graph: OnnxGraph): OnnxNode[] {
  const nodes = graph.node ?? [];
  const producers = new Map<string, number>();
  for (const [index, node] of nodes.entries()) {
    for (const name of node.output ?? []) {
      if (name !== '' && producers.has(name)) throw new NetworkError('onnx', `two nodes give '${name}'`);
      producers.set(name, index);
    }
  }
  const needed = new Set<number>();
  const pending = [output];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const producer = name === '' ? undefined : producers.get(name);
    if (producer === undefined || needed.has(producer)) continue;
    needed.add(producer);
    pending.push(...(nodes[producer].input ?? []));
  }
  return nodes.filter((_, index) => needed.has(index));
}

function evaluate(node: OnnxNode, values: Map<string, Value>): void {
  const reader = new NodeReader(node);
  const operator = isStandard(node.domain) ? operators.get(reader.opType) : undefined;
  if (operator === undefined) {
    const domain = isStandard(node.domain) ? '' : ` of the domain '${node.domain}'`;
    return reader.refuse(`the operator ${reader.opType}${domain} is not supported`);
  }
  const inputs = (node.input ?? []).map((name) => {
    if (name === '') return undefined;
    return values.get(name) ?? reader.refuse(`its input '${name}' is given by no node before it (or is a second output, which is not supported)`, 'onnx');
  });
  const value = operator(reader, inputs);
  reader.finish();
  // Second outputs (the mask of a Dropout, the indices of a MaxPool) stay unknown, and whoever wants them is refused.
  const [name] = node.output ?? [];
  if (name === undefined || values.has(name)) reader.refuse(`its output '${name ?? ''}' is missing or given twice`, 'onnx');
  values.set(name, value);
}

function metadataOf(model: OnnxModel): Record<string, string> | undefined {
  const entries = (model.metadataProps ?? []).map(({ key, value }) => [key ?? '', value ?? ''] as const);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
