// Tested by ../../../verification/src/fold-constants.int.test.ts.
import { readBy, rewrittenModel } from './rewritten-model.js';
import { dataType, decodeModel, type OnnxGraph, type OnnxNode, type OnnxValueInfo } from './schema.js';

/** What of a graph does not depend on the numbers of its input, and is not a constant yet. */
export interface ConstantParts {
  /** Values that other nodes read: these are to be computed. */
  readonly names: readonly string[];
  /** Whether some come from the dimensions of a signal. */
  readonly readsShape: boolean;
  /** A model that computes them, and nothing that they do not need. */
  readonly model: Uint8Array;
}

/** Of one value: its dimensions and its bytes as the file stores them. */
export interface ComputedConstant {
  readonly name: string;
  readonly dims: readonly number[];
  /** As `OnnxTensor.dataType`. */
  readonly dataType: number;
  readonly rawData: Uint8Array;
}

/** These give other numbers every time. */
const random = /^(Random|Multinomial|Bernoulli)/;
/** The reader does these itself with constants. */
const simple = new Set(['Constant', 'Identity', 'Transpose', 'Reshape', 'Squeeze', 'Unsqueeze']);
const readsShapeOnly = new Set(['Shape', 'Size']);

/**
 * Finds the nodes that can be computed once and for all: of constants, and of the dimensions of signals.
 * @returns undefined if there are none, or only such as the reader computes
 */
export function constantParts(bytes: Uint8Array): ConstantParts | undefined {
  const { graph } = decodeModel(bytes);
  if (graph === undefined) return undefined;
  const { nodes, fixed } = fixedNodes(graph);
  if (nodes.every(isSimple)) return undefined;
  const names = readValues(graph, fixed, new Set(nodes));
  if (names.length === 0) return undefined;
  const needed = ancestorsOf(names, graph);
  return {
    names,
    readsShape: nodes.some(({ opType, input }) => readsShapeOnly.has(opType ?? '') && !fixed.has(input?.[0] ?? '')),
    model: rewrittenModel(bytes, {
      keepsInitializer: readBy(graph, (node) => needed.has(node)),
      outputs: names.map((name) => ({ name })),
      keepsNode: (at) => needed.has(graph.node![at]),
    }),
  };
}

const isSimple = ({ opType = '', attribute }: OnnxNode): boolean =>
  simple.has(opType) ||
  (opType === 'Cast' &&
    (attribute?.some(({ name, i }) => name === 'to' && (i === dataType.float || i === dataType.double)) ?? false));

/** The nodes of which every input is fixed, and the names of all fixed values. */
function fixedNodes(graph: OnnxGraph): { readonly nodes: readonly OnnxNode[]; readonly fixed: ReadonlySet<string> } {
  const fixed = new Set((graph.initializer ?? []).map(({ name }) => name ?? ''));
  const nodes = (graph.node ?? []).filter((node) => {
    const { opType = '', input = [], output = [], attribute = [] } = node;
    const hasGraphs = attribute.some(({ type }) => type === 5 || type === 10);
    const isFixed =
      !hasGraphs &&
      !random.test(opType) &&
      (readsShapeOnly.has(opType) || input.every((name) => name === '' || fixed.has(name)));
    if (isFixed) for (const name of output) fixed.add(name);
    return isFixed;
  });
  return { nodes, fixed };
}

/** The values of fixed nodes that other nodes read, or that are outputs. */
function readValues(graph: OnnxGraph, fixed: ReadonlySet<string>, nodes: ReadonlySet<OnnxNode>): string[] {
  const made = new Set([...nodes].flatMap(({ output }) => output ?? []));
  const read = (graph.node ?? []).filter((node) => !nodes.has(node)).flatMap(({ input }) => input ?? []);
  const outputs = (graph.output ?? []).map(({ name }) => name ?? '');
  return [...new Set([...read, ...outputs])].filter((name) => name !== '' && fixed.has(name) && made.has(name));
}

function ancestorsOf(names: readonly string[], graph: OnnxGraph): ReadonlySet<OnnxNode> {
  const producers = new Map((graph.node ?? []).flatMap((node) => (node.output ?? []).map((name) => [name, node])));
  const needed = new Set<OnnxNode>();
  const pending = [...names];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const node = producers.get(name);
    if (node === undefined || needed.has(node)) continue;
    needed.add(node);
    pending.push(...(node.input ?? []));
  }
  return needed;
}

/**
 * The model with the computed values as constants, without the nodes that computed them.
 * @param fixesBatch whether they hold for one sample only: the batch is fixed at 1
 */
export function withConstants(
  bytes: Uint8Array,
  computed: readonly ComputedConstant[],
  fixesBatch: boolean,
): Uint8Array {
  const graph = decodeModel(bytes).graph!;
  const { nodes } = fixedNodes(graph);
  const gone = new Set(nodes);
  const inputs = (graph.input ?? []).flatMap((info, at) =>
    isConstantInput(info, graph) ? [] : [[at, oneSample(info)] as const],
  );
  return rewrittenModel(bytes, {
    keepsNode: (at) => !gone.has(graph.node![at]),
    keepsInitializer: readBy(graph, (node) => !gone.has(node)),
    addedInitializers: computed,
    ...(fixesBatch && { inputs: new Map(inputs) }),
  });
}

const isConstantInput = ({ name }: OnnxValueInfo, { initializer }: OnnxGraph): boolean =>
  (initializer ?? []).some((tensor) => tensor.name === name);

function oneSample(info: OnnxValueInfo): OnnxValueInfo {
  const { elemType, shape } = info.type?.tensorType ?? {};
  const [, ...rest] = shape?.dim ?? [];
  return { name: info.name, type: { tensorType: { elemType, shape: { dim: [{ dimValue: 1 }, ...rest] } } } };
}

/**
 * Shapes for two batch sizes as one that holds for any: the first extent is 0, which says that it stays, if nothing but
 * Reshape reads it. Undefined if they differ elsewhere.
 */
export function forAnyBatch(
  bytes: Uint8Array,
  one: ComputedConstant,
  two: ComputedConstant,
): ComputedConstant | undefined {
  const isEqual = (from: number): boolean =>
    one.rawData.length === two.rawData.length && one.rawData.every((byte, at) => at < from || byte === two.rawData[at]);
  if (one.dims.length === two.dims.length && one.dims.every((extent, axis) => extent === two.dims[axis])) {
    if (isEqual(0)) return one;
    if (one.dataType !== dataType.int64 || one.dims.length !== 1 || !isEqual(8)) return undefined;
    const first = ({ rawData }: ComputedConstant): bigint =>
      new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength).getBigInt64(0, true);
    if (first(one) !== 1n || first(two) !== 2n) return undefined;
    const readers = (decodeModel(bytes).graph?.node ?? []).filter(({ input }) => input?.includes(one.name));
    const isShape = readers.every(
      ({ opType, attribute, input }) =>
        opType === 'Reshape' && input?.[1] === one.name && !attribute?.some(({ name, i }) => name === 'allowzero' && i),
    );
    if (!isShape) return undefined;
    const rawData = one.rawData.slice();
    rawData.fill(0, 0, 8);
    return { ...one, rawData };
  }
  return undefined;
}
