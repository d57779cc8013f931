// Tested by ../onnxruntime.int.test.ts.
import type { NodeReader } from '../node-reader.js';
import { addLayer, addScale, join, scaleArray, type Signal } from '../signal.js';
import { asConstant, asSignal, type Operator } from '../value.js';
import { negated } from './extremes.js';

/**
 * A function that bends at zero: above * max(0, x) - below * max(0, -x), with slopes for all numbers or for each, as
 * the arrays of a scale.
 */
export function bend(signal: Signal, above: Float64Array, below: Float64Array, node: NodeReader): Signal {
  const isAll = (slopes: Float64Array, slope: number): boolean => slopes.every((own) => own === slope);
  const relu = (of: Signal): Signal => addLayer(of, { kind: 'activation', activation: 'relu' }, node);
  const times = (of: Signal, factor: Float64Array): Signal =>
    addScale(of, { factor, offset: Float64Array.of(0) }, node);
  if (isAll(above, 1) && isAll(below, 0)) return relu(signal);
  if (isAll(above, 1) && isAll(below, below[0]) && below[0] >= 0)
    return addLayer(signal, { kind: 'activation', activation: 'leakyRelu', slope: below[0] }, node);
  const right = isAll(above, 1) ? relu(signal) : times(relu(signal), above);
  if (isAll(below, 0)) return right;
  const left = times(
    relu(negated(signal, node)),
    below.map((slope) => -slope),
  );
  return isAll(above, 0) ? left : join({ kind: 'add' }, [right, left], signal.dims, node);
}

/** x, or slope x below zero; the slope may be one for each channel or number. */
export const prelu: Operator = (node, inputs) => {
  const signal = asSignal(inputs[0], node);
  const slope = asConstant(inputs[1], 'slope', node);
  return bend(signal, Float64Array.of(1), scaleArray(signal, slope, node), node);
};

/** max(0, min(1, alpha x + beta)) */
export const hardSigmoid: Operator = (node, inputs) => {
  const factor = Float64Array.of(node.float('alpha', Math.fround(0.2)));
  const offset = Float64Array.of(node.float('beta', 0.5));
  const line = addScale(asSignal(inputs[0], node), { factor, offset }, node);
  return addLayer(line, { kind: 'activation', activation: 'clip', low: 0, high: 1 }, node);
};

/** x above alpha, otherwise 0: a relu if alpha is 0. */
export const thresholdedRelu: Operator = (node, inputs) => {
  const alpha = node.float('alpha', 1);
  if (alpha !== 0) node.refuse(`it jumps from 0 to its alpha, ${alpha}; only alpha = 0, a Relu, is supported`);
  return addLayer(asSignal(inputs[0], node), { kind: 'activation', activation: 'relu' }, node);
};

export const neg: Operator = (node, inputs) => negated(asSignal(inputs[0], node), node);
