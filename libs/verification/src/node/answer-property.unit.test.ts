import { forward, toOnnx, type Network } from '@mipnet/network';
import { seededRandom } from '@mipnet/dataset';
import { floats, node, onnxModel } from '@mipnet/network/testing/onnx-model';
import { describe, expect, it } from 'vitest';
import { modelOf } from '../vnnlib/model-of.js';
import { parseVnnlib } from '../vnnlib/parse-vnnlib.js';
import { answerProperty } from './answer-property.js';

const numbers = (seed: number, length: number): Float64Array => {
  const random = seededRandom(seed, 'answer a property');
  return Float64Array.from({ length }, () => Math.fround(2 * random.uniform() - 1));
};

function smallNetwork(seed: number): Network {
  return {
    inputShape: [2],
    layers: [
      { kind: 'dense', inputs: 2, outputs: 6, weights: numbers(seed, 12), bias: numbers(seed + 1, 6) },
      { kind: 'activation', activation: 'relu' },
      { kind: 'dense', inputs: 6, outputs: 2, weights: numbers(seed + 2, 12), bias: numbers(seed + 3, 2) },
    ],
  };
}

const declarations = ['X_0', 'X_1', 'Y_0', 'Y_1'].map((name) => `(declare-const ${name} Real)`).join('');
const box = '(assert (and (>= X_0 -1) (<= X_0 1) (>= X_1 -1) (<= X_1 1)))';

async function ask(bytes: Uint8Array, text: string) {
  const property = parseVnnlib(text);
  return answerProperty(
    modelOf(property, () => ({ file: 'net.onnx', bytes })),
    property,
    { seconds: 20 },
  );
}

describe('answerProperty', () => {
  it('agrees with a grid of inputs on formulas over inputs and outputs', { timeout: 60_000 }, async () => {
    const seen = { robust: 0, adversarial: 0 };
    for (let seed = 0; seed < 10; seed++) {
      const network = smallNetwork(10 * seed);
      const [a, b, c, d] = numbers(10 * seed + 5, 4);
      const limit = [0.6, 1.2, 1.8, 2.4][seed % 4];
      // Mixed, strict, a row on inputs alone, and an absolute value.
      const text = `${declarations}${box}
        (assert (not (<= (+ (* ${a} X_0) (* ${b} X_1) (* ${c} Y_0) (* ${d} Y_1)) ${limit})))
        (assert (=> (> (+ X_0 X_1) 0.5) (<= (abs (- Y_0 X_1)) 1)))`;
      const slack = ([x0, x1]: readonly number[], [y0, y1]: Float64Array): number =>
        Math.min(a * x0 + b * x1 + c * y0 + d * y1 - limit, Math.max(0.5 - x0 - x1, 1 - Math.abs(y0 - x1)));
      const found = await ask(toOnnx(network), text);
      if (found.verdict === 'robust') {
        seen.robust++;
        for (let i = 0; i <= 40; i++) {
          for (let j = 0; j <= 40; j++) {
            const x = [i / 20 - 1, j / 20 - 1];
            expect(slack(x, forward(network, Float64Array.from(x), 1))).toBeLessThan(1e-6);
          }
        }
      } else {
        seen.adversarial++;
        expect(found.verdict).toBe('adversarial');
        const [...x] = found.witness!.input;
        expect([...found.witness!.runtimeOutputs.subarray(0, 2)]).toEqual(x);
        expect(slack(x, found.witness!.runtimeOutputs.subarray(2))).toBeGreaterThan(-1e-6);
      }
    }
    expect(Math.min(seen.robust, seen.adversarial)).toBeGreaterThan(1);
  });

  it('decides exactly at a strict bound', async () => {
    const relu = onnxModel({ input: ['N', 1], nodes: [node('Relu', ['x'], 'y')] });
    const about = (row: string) =>
      `(declare-const X_0 Real)(declare-const Y_0 Real)(assert (and (>= X_0 -1) (<= X_0 1)))(assert ${row})`;
    expect((await ask(relu, about('(< Y_0 0)'))).verdict).toBe('robust');
    expect((await ask(relu, about('(<= Y_0 0)'))).verdict).toBe('adversarial');
    expect((await ask(relu, about('(= Y_0 0)'))).verdict).toBe('adversarial');
    expect((await ask(relu, about('(< Y_0 (- X_0 0.25))'))).verdict).toBe('robust');
    expect((await ask(relu, about('(and (= Y_0 -1) (<= X_0 0))'))).verdict).toBe('robust');
  });

  it('answers VNN-LIB 2.0 about hidden tensors, and about inputs alone', async () => {
    // y = relu(2 x - 1), hidden: 2 x - 1
    const bytes = onnxModel({
      input: ['N', 1],
      nodes: [node('Mul', ['x', 'two'], 'm'), node('Sub', ['m', 'one'], 'hidden'), node('Relu', ['hidden'], 'y')],
      constants: [floats('two', [1], [2]), floats('one', [1], [1])],
    });
    const about = (rows: string, hidden = '(declare-hidden H float32 [1,1] "hidden")') =>
      `(vnnlib-version <2.0>)(declare-network f (declare-input X float32 [1,1]) ${hidden}
        (declare-output Y float32 [1,1]))
       (assert (and (>= X[0,0] 0.0) (<= X[0,0] 1.0)))${rows}`;
    expect((await ask(bytes, about('(assert (< H[0,0] -1.5))'))).verdict).toBe('robust');
    const found = await ask(bytes, about('(assert (<= (+ H[0,0] Y[0,0]) -0.5))'));
    expect(found.verdict).toBe('adversarial');
    expect(found.witness!.runtimeOutputs).toHaveLength(2);
    expect((await ask(bytes, about(''))).verdict).toBe('adversarial');
    expect((await ask(bytes, about('(assert (>= (* 2.0 X[0,0]) 2.5))', ''))).by).toBe('empty region');
  });

  it('refuses a property that does not fit the network', async () => {
    const bytes = toOnnx(smallNetwork(1));
    const text = `${declarations}(declare-const Y_2 Real)${box}(assert (>= Y_2 0))`;
    await expect(ask(bytes, text)).rejects.toThrow('is about 2 inputs and 3 outputs, but the network has 2 and 2');
    const mixed = `${declarations}(declare-const X_2 Real)${box}(assert (and (>= X_2 0) (<= X_2 1) (>= Y_0 X_2)))`;
    await expect(ask(bytes, mixed)).rejects.toThrow('the property is about 3 inputs, but net.onnx has 2');
  });
});
