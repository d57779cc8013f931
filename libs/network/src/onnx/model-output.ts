// Tested by model-output.unit.test.ts.
import { NetworkError } from '../network-error.js';
import { quotedName } from './quoted-name.js';
import { readBy, rewrittenModel } from './rewritten-model.js';
import { linearScores, scoresOfTwo, type Scores } from './classifier-scores.js';
import { dataType, decodeModel, type OnnxGraph, type OnnxNode, type OnnxValueInfo } from './schema.js';

export interface ChosenOutput {
  /** The model with that output alone. */
  readonly bytes: Uint8Array;
  /** The operators that were taken off its end, last first; empty if it ends as it did. */
  readonly ending: readonly string[];
  /** What a person should know, in whole sentences. */
  readonly notes: readonly string[];
}

/** What a classifier does to its scores at the end without another class becoming the largest. */
export const endings: ReadonlySet<string> = new Set([
  'Softmax',
  'LogSoftmax',
  'Sigmoid',
  'ArgMax',
  'ZipMap',
  'Hardmax',
  'Normalizer',
]);
/** What may stand between them. */
const passing = new Set(['Identity', 'Cast', 'Reshape', 'Squeeze', 'Flatten', 'ArrayFeatureExtractor']);

/**
 * The model with one output, without what only turns scores into probabilities, labels or maps: the class of a row is
 * the one with the largest score.
 * @param wanted name of a value of the graph. If undefined, the first output of numbers; a classifier's scores rather
 *   than its label
 * @throws NetworkError 'unsupported' for a name that the graph does not have
 */
export function withOutput(bytes: Uint8Array, wanted?: string): ChosenOutput {
  const { graph } = decodeModel(bytes);
  const outputs = graph?.output ?? [];
  // What the file is instead, the reader says.
  if (graph === undefined || (outputs.length === 0 && wanted === undefined)) return { bytes, ending: [], notes: [] };
  const producers = producersOf(graph);
  const chosen = wanted ?? (outputs.find((output) => isNumbers(output, producers)) ?? outputs[0]).name ?? '';
  const names = outputs.map(({ name }) => name ?? '');
  if (!names.includes(chosen) && !producers.has(chosen))
    throw new NetworkError(
      'unsupported',
      `the graph has no value ${quotedName(chosen)}; its outputs are ${names.slice(0, 8).map(quotedName).join(', ')}`,
    );
  const { name, ending, nodes: added, tensors } = withoutEnding(chosen, graph, producers);
  const notes = [
    ...(wanted === undefined && outputs.length > 1
      ? [`The model has the outputs ${names.slice(0, 8).join(', ')}; ${chosen} is used (--output NAME picks another).`]
      : []),
    ...(ending.length > 0
      ? [
          `The model ends in ${[...ending].reverse().join(', ')}, which leaves the class of a row as it is: scores and ` +
            `verdicts are about the graph before, at ${name}.`,
        ]
      : []),
    ...(graph.node?.some(({ opType }) => opType === 'DequantizeLinear')
      ? [
          'The model has quantized weights, which are read as float32 numbers: a runtime that multiplies them as ' +
            'integers computes something else.',
        ]
      : []),
  ];
  if (outputs.length === 1 && name === names[0]) return { bytes, ending, notes };
  const stated = outputs.find((output) => output.name === name);
  const needed = neededBy(name, graph, producers, added);
  const changes = {
    outputs: [stated ?? floatValue(name)],
    addedNodes: added,
    addedInitializers: tensors,
    keepsNode: (at: number): boolean => needed === undefined || needed.has(graph.node![at]),
    keepsInitializer: needed === undefined ? undefined : readBy(graph, (node) => needed.has(node)),
  };
  return { bytes: rewrittenModel(bytes, changes), ending, notes };
}

const floatValue = (name: string): OnnxValueInfo => ({
  name,
  type: { tensorType: { elemType: dataType.float } },
});

function producersOf(graph: OnnxGraph): ReadonlyMap<string, OnnxNode> {
  return new Map((graph.node ?? []).flatMap((node) => (node.output ?? []).map((name) => [name, node] as const)));
}

/** A tensor of floats, or the map that scikit-learn makes of one; not a label. */
function isNumbers({ name, type }: OnnxValueInfo, producers: ReadonlyMap<string, OnnxNode>): boolean {
  const elemType = type?.tensorType?.elemType;
  return elemType === undefined
    ? producers.get(name ?? '')?.opType === 'ZipMap'
    : elemType === dataType.float || elemType === dataType.double;
}

/** A softmax or a maximum along the first axis compares rows with each other. */
const isOverSamples = (node: OnnxNode): boolean =>
  (integerOf(node, 'axis') ?? (node.opType === 'ArgMax' ? 0 : -1)) === 0;

/** scikit-learn's Normalizer divides by a largest number that may be negative, unless it has another norm. */
const isSigned = ({ opType, attribute }: OnnxNode): boolean => {
  const norm = attribute?.find(({ name }) => name === 'norm')?.s;
  return opType === 'Normalizer' && !['L1', 'L2'].includes(new TextDecoder().decode(norm));
};

/** A node's integer attribute; a 0 is not written. */
const integerOf = ({ attribute }: OnnxNode, name: string): number | undefined => {
  const given = attribute?.find((own) => own.name === name);
  return given && (given.i ?? 0);
};

/** The value behind which there are only endings and what passes them on. */
function withoutEnding(output: string, graph: OnnxGraph, producers: ReadonlyMap<string, OnnxNode>): Scores {
  let found: Scores = { name: output, ending: [], nodes: [], tensors: [] };
  let ending: string[] = [];
  let isInteger = false;
  for (let name: string | undefined = output, node = producers.get(output); node && name; node = producers.get(name)) {
    const opType = node.opType ?? '';
    const isEnding = endings.has(opType) && !isOverSamples(node) && !isSigned(node);
    if (!isEnding && !passing.has(opType)) {
      const scores = isInteger ? undefined : (scoresOfTwo(node, graph, producers) ?? linearScores(node, name));
      return scores === undefined ? found : { ...scores, ending: [...ending, ...scores.ending] };
    }
    // A label may be an integer; probabilities that are cut to integers are no scores.
    if (isEnding && isInteger && opType !== 'ArgMax') return found;
    isInteger = !isEnding && (isInteger || (opType === 'Cast' && ![1, 11].includes(integerOf(node, 'to') ?? 0)));
    // ArrayFeatureExtractor takes the labels of the classes first.
    name = node.input?.[opType === 'ArrayFeatureExtractor' ? 1 : 0];
    if (name === undefined) return found;
    if (!isEnding) continue;
    ending = [...ending, opType];
    found = { name, ending, nodes: [], tensors: [] };
  }
  return found;
}

/** The nodes that the output depends on; undefined if one has graphs inside, which may read what it does not list. */
function neededBy(
  output: string,
  graph: OnnxGraph,
  producers: ReadonlyMap<string, OnnxNode>,
  added: readonly OnnxNode[],
): ReadonlySet<OnnxNode> | undefined {
  const nodes = graph.node ?? [];
  if (nodes.some(({ attribute }) => attribute?.some(({ type }) => type === 5 || type === 10))) return undefined;
  const needed = new Set<OnnxNode>();
  const pending = [output, ...added.flatMap(({ input }) => input ?? [])];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    const node = producers.get(name);
    if (node === undefined || needed.has(node)) continue;
    needed.add(node);
    pending.push(...(node.input ?? []));
  }
  return needed;
}
