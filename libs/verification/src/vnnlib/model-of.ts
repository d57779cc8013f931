import { joinModels, modelEnds, type JoinedPart, type ModelEnd, type NamedTensor } from '@mipnet/network';
import { VerificationError } from '../verification-error.js';
import type { DeclaredNetwork, DeclaredTensor } from './declared-network.js';
import type { VnnlibProperty } from './property.js';

/** The bytes of an ONNX file, and what to call it in a message. */
export interface NamedModel {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** The files that a property needs, by the names of its networks; one without a name for version 1.0. */
export function networksOf({ networks }: VnnlibProperty): readonly (string | undefined)[] {
  return networks === undefined
    ? [undefined]
    : networks.filter(({ equalTo }) => equalTo === undefined).map(({ name }) => name);
}

/**
 * The one ONNX model that a property's rows are about: the file itself for rows on the outputs of one network,
 * otherwise its networks side by side, with their inputs and hidden tensors where rows need them.
 * @param modelFor the file of a network; of the only one for version 1.0
 * @throws VerificationError 'query' if a file does not fit its declaration, as `joinModels`
 */
export function modelOf(property: VnnlibProperty, modelFor: (network: string | undefined) => NamedModel): Uint8Array {
  const withInputs = property.rowsOn === 'inputs and outputs';
  const { networks } = property;
  if (networks === undefined) {
    const { bytes } = modelFor(undefined);
    return withInputs ? joinModels([wholePart(property, modelFor(undefined))], { withInputs }) : bytes;
  }
  const parts = networks.map((network) => declaredPart(network, modelFor(fileOf(network, networks))));
  const [{ bytes }] = parts;
  const isOneToOne = parts.length === 1 && parts[0].inputs.length === 1 && parts[0].shown.length === 1;
  return isOneToOne && networks[0].hidden.length === 0 && !withInputs ? bytes : joinModels(parts, { withInputs });
}

/** An equal network shares the file of the one that it names, which may again be equal to another one. */
function fileOf(network: DeclaredNetwork, networks: readonly DeclaredNetwork[]): string {
  let at = network;
  while (at.equalTo !== undefined) at = networks.find(({ name }) => name === at.equalTo)!;
  return at.name;
}

/** Version 1.0 counts the numbers of the input and of the output. */
function wholePart({ inputs, outputs }: VnnlibProperty, { file, bytes }: NamedModel): JoinedPart {
  const ends = modelEnds(bytes);
  const only = (kind: 'inputs' | 'outputs', count: number): NamedTensor => {
    const [end, more] = ends[kind];
    if (end === undefined || more !== undefined)
      throw new VerificationError('query', `${file} has ${ends[kind].length} ${kind}; VNN-LIB 1.0 is about one`);
    const dims = kind === 'inputs' ? (end.dims?.map((extent) => Math.max(extent, 1)) ?? []) : [count];
    if (kind === 'inputs' && sizeOf(dims) !== count)
      throw new VerificationError('query', `the property is about ${count} inputs, but ${file} has ${sizeOf(dims)}`);
    return { name: end.name, dims };
  };
  return { bytes, inputs: [only('inputs', inputs)], shown: [only('outputs', outputs)] };
}

function declaredPart(network: DeclaredNetwork, { file, bytes }: NamedModel): JoinedPart {
  const ends = modelEnds(bytes);
  const found = (kind: 'inputs' | 'outputs'): ModelEnd[] => {
    const declared = network[kind];
    if (declared.length !== ends[kind].length)
      throw new VerificationError(
        'query',
        `the network ${network.name} declares ${declared.length} ${kind}, but ${file} has ${ends[kind].length}`,
      );
    const chosen = declared.map((tensor, at) => endFor(tensor, ends[kind], at, file));
    chosen.forEach((end, at) => requireFit(declared[at], end, file));
    return chosen;
  };
  const named = (end: ModelEnd, { shape }: DeclaredTensor): NamedTensor => ({ name: end.name, dims: shape });
  const inputs = found('inputs');
  const outputs = found('outputs');
  // In the order of the graph's input, whatever the property's order is: each has its own name.
  return {
    bytes,
    inputs: inputs.map((end, at) => named(end, network.inputs[at])),
    shown: [
      ...network.hidden.map(({ onnxName, shape }) => ({ name: onnxName!, dims: shape })),
      ...outputs.map((end, at) => named(end, network.outputs[at])),
    ],
  };
}

function endFor({ onnxName }: DeclaredTensor, ends: readonly ModelEnd[], at: number, file: string): ModelEnd {
  if (onnxName === undefined) return ends[at];
  const found = ends.find(({ name }) => name === onnxName);
  if (found !== undefined) return found;
  throw new VerificationError(
    'query',
    `${file} has no "${onnxName}"; it has ${ends.map(({ name }) => `"${name}"`).join(', ')}`,
  );
}

function requireFit({ name, type, shape }: DeclaredTensor, end: ModelEnd, file: string): void {
  if (end.type === undefined || (type !== 'real' && type !== end.type))
    throw new VerificationError(
      'query',
      `${name} is declared ${type}, but ${file} has ${end.type ?? 'neither float32 nor float64'} there`,
    );
  const { dims } = end;
  const fits = (extent: number, axis: number): boolean => extent === -1 || extent === shape[axis];
  if (dims === undefined || (dims.length === shape.length && dims.every(fits))) return;
  const said = dims.map((extent) => (extent === -1 ? 'open' : String(extent))).join(',');
  throw new VerificationError('query', `${name} is declared [${shape.join(',')}], but ${file} has [${said}] there`);
}

const sizeOf = (dims: readonly number[]): number => dims.reduce((product, extent) => product * extent, 1);
