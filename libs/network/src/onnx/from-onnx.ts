import type { Network } from '../network.js';
import { NetworkError } from '../network-error.js';
import { validateNetwork } from '../shapes.js';
import { NodeReader } from './node-reader.js';
import { layersOf } from './layer-chain.js';
import { operators, mlOperators } from './operators/table.js';
import { whatToDo } from './operators/refused.js';
import { quotedName } from './quoted-name.js';
import { isTooLarge, ReadingBudget, requireFewAxes } from './reading-budget.js';
import { dataType, decodeModel } from './schema.js';
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxValueInfo } from './schema.js';
import { inOrder, startSignal } from './signal.js';
import { simplified } from './simplified.js';
import type { Signal } from './signal.js';
import { readTensor } from './tensor.js';
import { asSignal } from './value.js';
import type { Value } from './value.js';
import { whatBytesAre } from './what-bytes-are.js';

export const oldestOpset = 7; // Before it, Add and Mul broadcast in another way.
export const newestOpset = 28; // Later opsets may give these operators another meaning.

/** Every ONNX operator that can be read, at least in some form. */
export const operatorNames: readonly string[] = [...operators.keys()];

/**
 * Reads an ONNX model of the operators in `operators/table.ts` from one float input to one output.
 * The first axis of the input is the batch if its size is open or 1, and no part of the network's shapes.
 * @throws NetworkError 'onnx' if the bytes are no valid model, 'unsupported' that names the operator and its ONNX node
 *   if the model means something a network here cannot, 'shape' or 'value' as `validateNetwork`
 */
export function fromOnnx(bytes: Uint8Array): Network {
  const model = decodeModel(bytes);
  const graph = graphOf(model, bytes);
  const budget = new ReadingBudget();
  const values = new Map<string, Value>();
  for (const tensor of graph.initializer ?? []) values.set(tensor.name ?? '', readTensor(tensor, budget));
  const input = only(
    'input',
    (graph.input ?? []).filter((info) => !values.has(info.name ?? '')),
  );
  values.set(input.name ?? '', inputSignal(input));
  const output = only('output', graph.output ?? []).name ?? '';

  evaluateAll(nodesFor(output, graph), output, values, budget);
  const result = values.get(output);
  if (result === undefined) throw new NetworkError('onnx', `no node gives the output ${quotedName(output)}`);
  const end = new NodeReader({ opType: 'Output', name: output }, budget);
  const { inputShape, layers } = inOrder(asSignal(result, end), end);
  const metadata = metadataOf(model);
  const network = simplified({ inputShape, layers: layersOf(layers), ...(metadata && { metadata }) });
  validateNetwork(network);
  return network;
}

function graphOf(model: OnnxModel, bytes: Uint8Array): OnnxGraph {
  const { graph } = model;
  if (graph === undefined)
    throw new NetworkError(
      'onnx',
      whatBytesAre(bytes) ?? 'the bytes hold no graph: not an ONNX model, or only a part of one',
    );
  const opset = (model.opsetImport ?? []).find(({ domain }) => isStandard(domain))?.version;
  if (opset === undefined)
    throw new NetworkError('onnx', 'the model names no operator set: not an ONNX model, or only a part of one');
  if (opset < oldestOpset)
    throw new NetworkError('unsupported', `the model uses opset ${opset}; convert it to ${oldestOpset} or later`);
  if (opset > newestOpset)
    throw new NetworkError(
      'unsupported',
      `the model uses opset ${opset}, which is newer than what is known here; export it with ` +
        `opset ${oldestOpset} to ${newestOpset}`,
    );
  if (graph.sparseInitializer?.length)
    throw new NetworkError('unsupported', 'sparse initializers are not supported; store them dense');
  return graph;
}

function isStandard(domain: string | undefined): boolean {
  return domain === undefined || domain === '' || domain === 'ai.onnx';
}

function only(role: string, infos: readonly OnnxValueInfo[]): OnnxValueInfo {
  if (infos.length === 0) throw new NetworkError('onnx', `the graph has no ${role}`);
  if (infos.length > 1) {
    throw new NetworkError('unsupported', `the graph has the ${role}s ${named(infos)}; only one is supported`);
  }
  return infos[0];
}

/** The first names, for a message: a file may have a million. */
function named(infos: readonly OnnxValueInfo[]): string {
  const shown = infos
    .slice(0, 5)
    .map(({ name }) => quotedName(name ?? ''))
    .join(', ');
  return infos.length > 5 ? `${shown} and ${infos.length - 5} more` : shown;
}

function inputSignal({ name, type }: OnnxValueInfo): Signal {
  const input = `the input ${quotedName(name ?? '')}`;
  const { elemType, shape } = type?.tensorType ?? {};
  if (elemType !== dataType.float && elemType !== dataType.double) {
    throw new NetworkError(
      'unsupported',
      `${input} has the ONNX data type ${elemType}; only float and double are supported: export the model in float32`,
    );
  }
  requireFewAxes(shape?.dim?.length ?? 0, input);
  const [batch, ...rest] = (shape?.dim ?? []).map(({ dimValue }) => dimValue);
  // The ONNX runtime takes 0 for a batch without samples, and runs nothing.
  if (batch === 0)
    throw new NetworkError('unsupported', `${input} has a batch of 0 samples; let its first extent be open, or 1`);
  const isOpen = batch === undefined || batch < 0;
  const dims = [isOpen ? 1 : batch, ...rest.map((extent) => extent ?? 0)];
  if (shape?.dim === undefined || (isOpen && rest.length === 0) || !dims.every((extent) => extent > 0)) {
    throw new NetworkError(
      'unsupported',
      `${input} has dimensions [${dims.join(', ')}]; all but the batch must be fixed`,
    );
  }
  if (isTooLarge(dims))
    throw new NetworkError('unsupported', `${input} has dimensions [${dims.join(', ')}], too many numbers to be read`);
  return startSignal(dims, isOpen, elemType === dataType.double);
}

/** The nodes that the output depends on, in the order of the file; no others matter. */
function nodesFor(output: string, graph: OnnxGraph): OnnxNode[] {
  const nodes = graph.node ?? [];
  const producers = new Map<string, number>();
  for (const [index, node] of nodes.entries()) {
    for (const name of node.output ?? []) {
      if (name !== '' && producers.has(name)) throw new NetworkError('onnx', `two nodes give ${quotedName(name)}`);
      producers.set(name, index);
    }
  }
  const needed = new Set<number>();
  const pending = [output];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const producer = name === '' ? undefined : producers.get(name);
    if (producer === undefined || needed.has(producer)) continue;
    needed.add(producer);
    for (const input of nodes[producer].input ?? []) pending.push(input);
  }
  return nodes.filter((_, index) => needed.has(index));
}

/**
 * Evaluates nodes in order. Values that no later node needs are dropped; otherwise a long graph would hold all its
 * states at once.
 */
function evaluateAll(
  nodes: readonly OnnxNode[],
  output: string,
  values: Map<string, Value>,
  budget: ReadingBudget,
): void {
  const usesLeft = new Map<string, number>();
  const isGiven = new Set(values.keys());
  for (const { input } of nodes) for (const name of input ?? []) usesLeft.set(name, (usesLeft.get(name) ?? 0) + 1);
  // A value that two nodes read is needed unchanged: a later addition must not be merged into it.
  for (const node of nodes) {
    evaluate(node, values, budget);
    for (const name of node.output ?? []) {
      const value = values.get(name);
      const uses = (usesLeft.get(name) ?? 0) + (name === output ? 1 : 0);
      if (uses > 1 && value?.kind === 'signal' && value.open) values.set(name, { ...value, open: false });
    }
    for (const name of node.input ?? []) {
      const left = (usesLeft.get(name) ?? 0) - 1;
      usesLeft.set(name, left);
      if (left === 0 && name !== output && !isGiven.has(name)) values.delete(name);
    }
  }
}

function evaluate(node: OnnxNode, values: Map<string, Value>, budget: ReadingBudget): void {
  const reader = new NodeReader(node, budget);
  const table = isStandard(node.domain) ? operators : node.domain === 'ai.onnx.ml' ? mlOperators : undefined;
  const operator = table?.get(reader.opType)?.read;
  if (operator === undefined) {
    const domain = isStandard(node.domain) ? '' : ` of the domain ${quotedName(node.domain ?? '')}`;
    return reader.refuse(`the operator ${reader.kind}${domain} is not supported${whatToDo(reader.opType)}`);
  }
  const inputs = (node.input ?? []).map((name) => {
    if (name === '') return undefined;
    return (
      values.get(name) ??
      reader.refuse(
        `its input ${quotedName(name)} is given by no node before it (or is a second output that is not supported)`,
        'onnx',
      )
    );
  });
  const given = operator(reader, inputs);
  reader.finish();
  // Other outputs of a node that gives one (the mask of a Dropout, the indices of a MaxPool) stay unknown, and a node
  // that reads them is refused.
  const results = 'kind' in given ? [given] : given;
  for (const [at, value] of results.entries()) {
    const name = node.output?.[at];
    if (value === undefined || (name === '' && at > 0)) continue;
    if (name === undefined || values.has(name))
      return reader.refuse(`its output ${quotedName(name ?? '')} is missing or given twice`, 'onnx');
    values.set(name, value);
  }
}

function metadataOf(model: OnnxModel): Record<string, string> | undefined {
  const entries = (model.metadataProps ?? []).map(({ key, value }) => [key ?? '', value ?? ''] as const);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
