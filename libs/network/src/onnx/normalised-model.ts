import { NetworkError } from '../network-error.js';
import { endsOf, graphOf } from './model-ends.js';
import { dataType, decodeModel, encodeModel } from './schema.js';
import type { OnnxGraph, OnnxNode, OnnxTensor } from './schema.js';

/** y = (scale * x - mean) / std, each one number, or one per channel (or per input of a flat network). */
export interface Normalisation {
  readonly scale?: readonly number[];
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
}

const steps = [
  ['scale', 'Mul'],
  ['mean', 'Sub'],
  ['std', 'Div'],
] as const;

/**
 * The model behind a normalisation of its input: the nodes of the file, and before them a Mul, a Sub and a Div as far
 * as they are given. So the ONNX runtime normalises in the model's own number type, one operation after the other.
 * @throws NetworkError 'onnx' if the bytes are no model, 'unsupported' for several inputs, an unknown shape, or lists
 *   that do not fit it; 'value' for a number that is not finite, or 0 in `std` or `scale`, in the model's type
 */
export function normalisedModel(bytes: Uint8Array, normalisation: Normalisation): Uint8Array {
  const model = decodeModel(bytes);
  const graph = graphOf(model, bytes);
  const [input, ...others] = endsOf(graph).inputs;
  if (input === undefined || others.length > 0 || input.type === undefined || input.dims === undefined)
    throw new NetworkError(
      'unsupported',
      'only a network with one input of float32 or float64, whose shape the file says, can be normalised',
    );
  const taken = namesIn(graph);
  const fresh = (name: string): string => {
    while (taken.has(name)) name = `${name}_`;
    taken.add(name);
    return name;
  };
  const nodes: OnnxNode[] = [];
  const constants: OnnxTensor[] = [];
  let last = input.name;
  for (const [part, opType] of steps) {
    const numbers = normalisation[part];
    if (numbers === undefined) continue;
    const constant = fresh(`${input.name}/${part}`);
    constants.push(tensorOf(constant, part, numbers, { type: input.type, dims: input.dims }));
    const output = fresh(`${input.name}/after ${part}`);
    nodes.push({ opType, name: fresh(`normalisation/${part}`), input: [last, constant], output: [output] });
    last = output;
  }
  const renamed = (graph.node ?? []).map((node) => ({
    ...node,
    input: node.input?.map((name) => (name === input.name ? last : name)),
  }));
  return encodeModel({
    ...model,
    graph: { ...graph, node: [...nodes, ...renamed], initializer: [...(graph.initializer ?? []), ...constants] },
  });
}

const namesIn = ({ node, initializer, input }: OnnxGraph): Set<string> =>
  new Set([
    ...(node ?? []).flatMap((one) => [one.name ?? '', ...(one.input ?? []), ...(one.output ?? [])]),
    ...[...(initializer ?? []), ...(input ?? [])].map(({ name }) => name ?? ''),
  ]);

function tensorOf(
  name: string,
  part: keyof Normalisation,
  numbers: readonly number[],
  { type, dims }: { readonly type: 'float32' | 'float64'; readonly dims: readonly number[] },
): OnnxTensor {
  const own = numbers.map((value) => (type === 'float32' ? Math.fround(value) : value));
  const wrong = own.findIndex((value) => !Number.isFinite(value) || (value === 0 && part !== 'mean'));
  if (wrong >= 0)
    throw new NetworkError(
      'value',
      `${part} ${numbers[wrong]}: give a finite ${type} number${part === 'mean' ? '' : ' other than 0'}`,
    );
  const size = type === 'float32' ? 4 : 8;
  const rawData = new Uint8Array(size * own.length);
  const view = new DataView(rawData.buffer);
  own.forEach((value, at) => {
    if (type === 'float32') view.setFloat32(4 * at, value, true);
    else view.setFloat64(8 * at, value, true);
  });
  return {
    name,
    dims: dimsFor(part, own.length, dims),
    dataType: type === 'float32' ? dataType.float : dataType.double,
    rawData,
  };
}

/** Dimensions that spread the numbers over the input: along the channels, which come first or last. */
function dimsFor(part: string, count: number, dims: readonly number[]): number[] {
  const along = (axis: number): number[] => dims.map((_, at) => (at === axis ? count : 1));
  if (count === 1) return dims.map(() => 1);
  const axis = [1, dims.length - 1].find((one) => one > 0 && dims[one] === count);
  if (axis !== undefined) return along(axis);
  throw new NetworkError(
    'unsupported',
    `${part} has ${count} numbers, and the network's input has the shape [${dims.join(', ')}]; give one number, or one ` +
      'per channel',
  );
}
