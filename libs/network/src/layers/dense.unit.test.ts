import { describe, expect, it } from 'vitest';
import { forwardPass } from '../forward.js';

const [inputs, outputs] = [131, 67];
/** Numbers whose sums depend on the order of summation. */
const numbers = (count: number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => Math.sin(1 + i * i) * 10 ** ((i * 7) % 11));

describe('a dense layer', () => {
  it.each([
    ['full', numbers(inputs * outputs)],
    ['with zeros', numbers(inputs * outputs).map((weight, i) => (i % 3 === 0 ? 0 : weight))],
  ])('%s: adds products in the order of the inputs and the bias last, for any number of samples', (_, weights) => {
    const bias = numbers(outputs);
    const pass = forwardPass({
      inputShape: [inputs],
      layers: [{ kind: 'dense', inputs, outputs, weights, bias }],
    });
    const points = numbers(6 * inputs).map((x, i) => (i % 5 === 0 ? 0 : x));
    const expected = Float64Array.from({ length: 6 * outputs }, (_, at) => {
      const [sample, row] = [Math.floor(at / outputs), at % outputs];
      let sum = 0;
      for (let i = 0; i < inputs; i++) sum += weights[row * inputs + i] * points[sample * inputs + i];
      return sum + bias[row];
    });
    // Beyond 2^18 products it runs as WebAssembly.
    for (const count of [1, 3, 6, 6, 6, 6, 6, 6, 1, 3])
      expect(pass(points.slice(0, count * inputs), count)).toEqual(expected.slice(0, count * outputs));
  });
});
