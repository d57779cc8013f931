import { describe, expect, it } from 'vitest';
import { parseVnnlib } from './parse-vnnlib.js';

const one = `(vnnlib-version <2.0>)
(declare-network f
  (declare-input X float32 [1, 2])
  (declare-hidden H float32 [2] "relu out")
  (declare-output Y float32 [2,2]))
`;
const box = '(assert (and (>= X[0,0] 0.0) (<= X[0,0] 1.0) (>= X[0,1] -1.0) (<= X [0, 1] 2.0)))\n';
const two = `(vnnlib-version <2.0>)
(declare-network f (declare-input A real [1] "in") (declare-output B real [1] "out"))
(declare-network g (equal-to f) (declare-input C real [1] "in") (declare-output D real [1] "out"))
(declare-network h (isomorphic-to f) (declare-input E real [1]) (declare-output F real [1]))
(assert (and (>= A[0] 0.0) (<= A[0] 1.0) (>= C[0] 2.0) (<= C[0] 3.0) (>= E[0] 4.0) (<= E[0] 5.0)))
`;

describe('VNN-LIB 2.0', () => {
  it('reads elements of tensors in row-major order; hidden ones stand before outputs', () => {
    const property = parseVnnlib(`${one}${box}(assert (!= Y[1,0] 3.0)) (assert (<= H[1] 0.5))`);
    expect(property).toMatchObject({ inputs: 2, outputs: 6, rowsOn: 'outputs' });
    expect(property.networks).toEqual([
      {
        name: 'f',
        inputs: [{ name: 'X', type: 'float32', shape: [1, 2] }],
        hidden: [{ name: 'H', type: 'float32', shape: [2], onnxName: 'relu out' }],
        outputs: [{ name: 'Y', type: 'float32', shape: [2, 2] }],
      },
    ]);
    expect(property.cases[0].box).toEqual({ lower: Float64Array.of(0, -1), upper: Float64Array.of(1, 2) });
    expect(property.cases.map(({ rows }) => rows.map((row) => [...row.coefficients, row.constant]))).toEqual([
      [
        [0, -1, 0, 0, 0, 0, 0.5],
        [0, 0, 0, 0, 1, 0, -3],
      ],
      [
        [0, -1, 0, 0, 0, 0, 0.5],
        [0, 0, 0, 0, -1, 0, 3],
      ],
    ]);
  });

  it('counts the inputs and outputs of several networks one after the other', () => {
    const property = parseVnnlib(`${two}(assert (== D[0] B[0])) (assert (< F[0] (+ A[0] C[0])))`);
    expect(property).toMatchObject({ inputs: 3, outputs: 3, rowsOn: 'inputs and outputs' });
    expect(property.networks!.map(({ name, equalTo, isomorphicTo }) => [name, equalTo, isomorphicTo])).toEqual([
      ['f', undefined, undefined],
      ['g', 'f', undefined],
      ['h', undefined, 'f'],
    ]);
    expect(property.cases[0].rows.map((row) => [...row.coefficients])).toEqual([
      [0, 0, 0, -1, 1, 0],
      [0, 0, 0, 1, -1, 0],
      [1, 1, 0, 0, 0, -1],
    ]);
  });

  it('reads single numbers without indices, and a question about inputs alone', () => {
    const property = parseVnnlib(`(declare-network f (declare-input X float32 []) (declare-output Y float32 []))
      (assert (<= 0.0 X)) (assert (<= X 1.0))`);
    expect(property).toMatchObject({ inputs: 1, outputs: 1 });
    expect(property.cases).toEqual([{ box: { lower: Float64Array.of(0), upper: Float64Array.of(1) }, rows: [] }]);
  });

  it('bounds an input by its type if the text does not', () => {
    const largest = Math.fround(3.4028234663852886e38);
    const { cases } = parseVnnlib(`${one}(assert (<= X[0,0] 1.0))(assert (<= Y[0,0] 1.0))`);
    expect(cases[0].box).toEqual({ lower: Float64Array.of(-largest, -largest), upper: Float64Array.of(1, largest) });
  });

  it.each([
    [
      'an index out of bounds',
      `${one}${box}(assert (<= Y[2,0] 1.0))`,
      'Y[2,0] is no element of Y, which has the shape',
    ],
    ['too few indices', `${one}(assert (<= Y[0] 1.0))`, 'line 6: Y[0] is no element of Y, which has the shape [2,2]'],
    ['another name', `${one}(assert (<= Z[0] 1.0))`, 'Z[0] is unknown'],
    ['an unbounded input', `${one.replace('float32', 'real')}(assert (<= Y[0,0] 1.0))`, 'X[0,0] has no lower bound'],
    ['a product', `${one}${box}(assert (<= (* Y[0,0] Y[0,1]) 1.0))`, 'multiplies variables'],
    ['nothing asserted', one, 'nothing is asserted'],
    ['a network after an assert', `${one}${box}(declare-network g (declare-input A float32 [1]))`, 'before the first'],
    ['declare-const', `${one}(declare-const Z Real)`, 'line 6: (declare-const Z Real) is neither declare-network nor'],
    [
      'a name twice',
      `${one}(declare-network g (declare-input X float32 [1]) (declare-output Z float32 [1]))`,
      'X is de',
    ],
    [
      'a network twice',
      `${one}(declare-network f (declare-input A real [1]) (declare-output Z real [1]))`,
      'f is declared',
    ],
    [
      'an unknown relation',
      `${one}(declare-network g (equal-to q) (declare-input A real [1]) (declare-output Z real [1]))`,
      'q is',
    ],
    [
      'unequal shapes',
      `${one}(declare-network g (equal-to f) (declare-input A float32 [2]) (declare-output Z float32 [2,2]))`,
      'the networks g and f have different inputs',
    ],
    [
      'another type',
      '(declare-network f (declare-input X float16 [1]) (declare-output Y float16 [1]))',
      'X has the type float16; verified are float32, float64, real',
    ],
    [
      'a shape too large',
      '(declare-network f (declare-input X real [99999,99999]))',
      'a tensor has 1 to 4194304 numbers',
    ],
    ['an empty tensor', '(declare-network f (declare-input X real [0]))', 'X has the shape [0]'],
    ['no shape', '(declare-network f (declare-input X real))', 'should read (declare-input name float32 [1,2])'],
    [
      'a hidden tensor without a name',
      '(declare-network f (declare-input X real [1]) (declare-hidden H real [1]))',
      '"onnx name")',
    ],
    [
      'an output before an input',
      '(declare-network f (declare-output Y real [1]) (declare-input X real [1]))',
      'does not belong here',
    ],
    ['no outputs', '(declare-network f (declare-input X real [1]))', 'the network f declares no outputs'],
    [
      'a name for one end',
      '(declare-network f (declare-input X real [1] "x") (declare-output Y real [1]))',
      'name all or none',
    ],
    ['a name without quotes', '(declare-network f (declare-input X real [1] x))', 'x should be an ONNX name in quotes'],
    [
      'a network without a name',
      '(declare-network (declare-input X real [1]))',
      'should begin with (declare-network name',
    ],
    ['no network', '(vnnlib-version <2.0>)', 'no network is declared'],
  ])('refuses %s', (_, text, message) => {
    expect(() => parseVnnlib(text)).toThrow(
      expect.objectContaining({ name: 'VerificationError', message: expect.stringContaining(message) }),
    );
  });
});
