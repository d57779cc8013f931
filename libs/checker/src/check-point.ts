// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import type { Prover, Term } from './bounds.js';
import type { Network } from './network.js';
import { fail, type Outcome } from './outcome.js';
import { valueAt } from './piecewise.js';
import type { Case, Row } from './property.js';

/** A case holds at the point, by a forward pass in float64. */
export function checkPoint(prover: Prover, cases: readonly Case[], point: Float64Array): Outcome {
  const { network } = prover;
  if (point.length !== network.inputs) fail('the point has another number of inputs');
  if (!point.every((x) => Math.fround(x) === x)) fail('the point has a number that is no float32');
  const outputs = outputsOf(network, point);
  const holds = ({ coefficients, constant, isStrict }: Row) => {
    const value = coefficients.reduce((sum, factor, j) => sum + factor * outputs[j], constant);
    return isStrict ? value > 0 : value >= 0;
  };
  const inside = cases.filter(({ contains }) => contains(point));
  const violated = inside.filter(({ rows }) => rows.every(holds));
  if (violated.length === 0)
    fail(inside.length === 0 ? 'the point lies in the box of no case' : 'the outputs at the point satisfy no case');
  const bounds = prover.onBox(point, point);
  const termsOf = ({ coefficients, constant }: Row): Term[] => [
    [0, constant],
    ...Array.from(coefficients, (factor, j): Term => [network.outputs[j], factor]),
  ];
  const isCertain = violated.some(({ rows }) => rows.every((row) => prover.least(bounds, termsOf(row)) > 0));
  return { isAccepted: true, verdict: 'adversarial', isCertain };
}

/** The network's outputs in float64. */
function outputsOf({ layers, outputs }: Network, input: Float64Array): Float64Array {
  const all = [1, ...input];
  for (const layer of layers)
    for (let j = 0; j < layer.count; j++) {
      if (layer.kind === 'units') {
        all.push(valueAt(layer.of, all[layer.sources[j]]));
        continue;
      }
      let value = layer.kind === 'sums' ? 0 : -Infinity;
      for (let e = layer.starts[j]; e < layer.starts[j + 1]; e++) {
        const x = all[layer.indices[e]];
        value = layer.kind === 'sums' ? value + layer.values[e] * x : Math.max(value, x);
      }
      all.push(value);
    }
  return Float64Array.from(outputs, (number) => all[number]);
}
