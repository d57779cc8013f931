// Tested by model-output.unit.test.ts and ../../../runs/src/records/network-file.int.test.ts.
import { ReadingBudget } from './reading-budget.js';
import { attributeType, dataType, type OnnxGraph, type OnnxNode, type OnnxTensor } from './schema.js';
import { readTensor } from './tensor.js';

/** The value of a graph that holds a classifier's scores, which may be new. */
export interface Scores {
  readonly name: string;
  /** The operators behind it, last first. */
  readonly ending: readonly string[];
  /** What computes it, if the file does not. */
  readonly nodes: readonly OnnxNode[];
  readonly tensors: readonly OnnxTensor[];
}

/**
 * scikit-learn's binary classifier: the probabilities 1 - p and p side by side, p the sigmoid of z. Their scores are
 * -z and z.
 */
export function scoresOfTwo(
  node: OnnxNode,
  graph: OnnxGraph,
  producers: ReadonlyMap<string, OnnxNode>,
): Scores | undefined {
  const [first, second] = node.input ?? [];
  if (node.opType !== 'Concat' || node.input?.length !== 2) return undefined;
  const [complement, sigmoid] = [producers.get(first), producers.get(second)];
  if (complement?.opType !== 'Sub' || complement.input?.[1] !== second || sigmoid?.opType !== 'Sigmoid')
    return undefined;
  if (!isOne(complement.input[0], graph)) return undefined;
  const score = sigmoid.input?.[0] ?? '';
  const [opposite, scores] = [`${score}.opposite`, `${score}.scores`];
  const axis = { name: 'axis', i: 1, type: attributeType.int };
  return {
    name: scores,
    ending: ['Sigmoid'],
    nodes: [
      { opType: 'Neg', name: opposite, input: [score], output: [opposite] },
      { opType: 'Concat', name: scores, input: [opposite, score], output: [scores], attribute: [axis] },
    ],
    tensors: [],
  };
}

/** Whether a value is the constant 1. */
function isOne(name: string, { initializer }: OnnxGraph): boolean {
  const tensor = initializer?.find((own) => own.name === name);
  if (tensor === undefined) return false;
  const { data } = readTensor(tensor, new ReadingBudget());
  return data.length === 1 && data[0] === 1;
}

/**
 * scikit-learn's linear classifiers (LogisticRegression, LinearSVC): what the operator LinearClassifier computes before
 * it makes probabilities and a label of its scores, as a Gemm.
 * @param name of one of its two outputs
 */
export function linearScores(node: OnnxNode, name: string): Scores | undefined {
  if (node.opType !== 'LinearClassifier' || node.domain !== 'ai.onnx.ml') return undefined;
  const attribute = (wanted: string) => node.attribute?.find((own) => own.name === wanted);
  const coefficients = attribute('coefficients')?.floats ?? [];
  const intercepts = attribute('intercepts')?.floats ?? [];
  const labels = attribute('classlabels_ints')?.ints ?? attribute('classlabels_strings')?.strings ?? [];
  const after = new TextDecoder().decode(attribute('post_transform')?.s) || 'NONE';
  const classes = intercepts.length;
  // Of one score for two classes, the operator makes the second one itself.
  if (classes < 2 || labels.length !== classes || coefficients.length % classes !== 0) return undefined;
  if (!['NONE', 'SOFTMAX', 'LOGISTIC'].includes(after)) return undefined;
  const [label, scores] = [node.output?.[0] ?? '', `${node.output?.[1] ?? ''}.scores`];
  const made =
    name === label ? ['LinearClassifier'] : after === 'NONE' ? [] : [after === 'SOFTMAX' ? 'Softmax' : 'Sigmoid'];
  const tensor = (own: string, dims: readonly number[], floatData: readonly number[]): OnnxTensor => ({
    name: `${scores}.${own}`,
    dims,
    dataType: dataType.float,
    floatData,
  });
  return {
    name: scores,
    ending: made,
    nodes: [
      {
        opType: 'Gemm',
        name: scores,
        input: [node.input?.[0] ?? '', `${scores}.weights`, `${scores}.bias`],
        output: [scores],
        attribute: [{ name: 'transB', i: 1, type: attributeType.int }],
      },
    ],
    tensors: [
      tensor('weights', [classes, coefficients.length / classes], coefficients),
      tensor('bias', [classes], intercepts),
    ],
  };
}
