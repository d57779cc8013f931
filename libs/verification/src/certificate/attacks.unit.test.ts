import { createHash } from 'node:crypto';
import { checkCertificate, networkOf, Prover, Refusal, type Node } from '@mipnet/checker';
import { floats, integers, node, onnxModel } from '@mipnet/network/testing/onnx-model';
import { describe, expect, test } from 'vitest';
import { bytesOf, checked } from '../testing/certificate-case.js';
import { encodeCertificate, type Certificate } from './certificate.js';

const declared = '(declare-const X_0 Real)(declare-const X_1 Real)(declare-const Y_0 Real)';
const box = '(assert (>= X_0 1))(assert (<= X_0 2))(assert (>= X_1 1))(assert (<= X_1 2))';
/** y_0 = x_0 + x_1 - 1 */
const network = onnxModel({
  input: ['N', 2],
  nodes: [node('Gemm', ['x', 'w', 'b'], 'y')],
  constants: [floats('w', [2, 1], [1, 1]), floats('b', [1], [-1])],
});

test('a leaf of weights 0 proves nothing, whatever was proven before', () => {
  const property = `${declared}${box}(assert (or (<= Y_0 0) (<= Y_0 2)))`;
  const proofs = (second: Node) => [
    { case: 0, tree: [{ rows: [1] }] },
    { case: 1, tree: [second] },
  ];
  for (const weight of [0, 1]) {
    const outcome = checked({ network, property }, proofs({ rows: [weight] }));
    expect(outcome).toMatchObject({ isAccepted: false, reason: expect.stringContaining('case 1') as string });
  }
});

test('a network whose output is an input: nothing is left of what was proven before', () => {
  const rows = '(assert (or (<= Y_0 0) (<= Y_0 1)))';
  const copyOf = (input: number) =>
    onnxModel({
      input: ['N', 2],
      nodes: [node('Gather', ['x', 'i'], 'y', { axis: 1 })],
      constants: [integers('i', [input])],
    });
  for (const of of [copyOf(0), copyOf(1)]) {
    const prover = new Prover(networkOf(of));
    const bounds = prover.onBox(Float64Array.of(1, 1), Float64Array.of(2, 2));
    prover.least(bounds, [[2, 5]]);
    expect(prover.least(bounds, [[1, 1]])).toBeCloseTo(1);
    const tree = [{ rows: [1] }];
    const proofs = [0, 1].map((number) => ({ case: number, tree }));
    expect(checked({ network: of, property: `${declared}${box}${rows}` }, proofs)).toMatchObject({ isAccepted: false });
  }
});

describe('networks that the ONNX runtime computes in another way, or does not open', () => {
  const picture = (nodes: Parameters<typeof node>[], constants = [floats('w', [1, 1, 1, 1], [1])]) =>
    onnxModel({ input: ['N', 1, 3, 3], nodes: nodes.map((one) => node(...one)), constants });
  const square = [floats('w', [2, 2], [1, 2, 3, 4])];
  const models: Record<string, Uint8Array> = {
    transB: onnxModel({ input: ['N', 2], nodes: [node('Gemm', ['x', 'w'], 'y', { transB: 2 })], constants: square }),
    count: picture([['AveragePool', ['x'], 'y', { kernel_shape: [2, 2], pads: [1, 1, 0, 0], count_include_pad: 2 }]]),
    valid: picture([['Conv', ['x', 'w'], 'y', { auto_pad: 'VALID', pads: [1, 1, 0, 0] }]]),
    shifted: picture([['Conv', ['x', 'w'], 'y', { auto_pad: 'VALID', pads: [1, 0, -1, 0] }]]),
    large: picture([['MaxPool', ['x'], 'y', { kernel_shape: [3, 1], dilations: [2, 1], strides: [3, 1] }]], []),
    overflow: onnxModel({
      input: ['N', 2],
      nodes: [node('Gemm', ['x', 'w'], 'y', { alpha: { float: 1e-38 } })],
      constants: [floats('w', [2, 2], [3e38, 0, 3e38, 0])],
    }),
    none: onnxModel({
      input: ['N', 2],
      nodes: [node('Gemm', ['x', 'w'], 'y', { alpha: { float: 0 } })],
      constants: [floats('w', [2, 2], [3e38, 0, 3e38, 0])],
    }),
    variance: onnxModel({
      input: ['N', 2],
      nodes: [node('BatchNormalization', ['x', 'g', 'b', 'm', 'v'], 'y')],
      constants: [
        ...['g', 'b', 'm'].map((name) => floats(name, [2], name === 'g' ? [1, 1] : [0, 0])),
        floats('v', [2], Array<number>(2).fill(-Math.fround(1e-5) + 2 ** -40)),
      ],
    }),
    twice: onnxModel({
      input: ['N', 2],
      nodes: [{ ...node('LeakyRelu', ['x'], 'y'), attribute: [0.5, 0.1].map((f) => ({ name: 'alpha', f, type: 1 })) }],
    }),
  };

  test.each(Object.keys(models))('%s', (name) => {
    expect(() => new Prover(networkOf(models[name]))).toThrow(Refusal);
  });
});

test('a witness at the end of a box that is open, or beyond a rounded end', () => {
  const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const outcome = (bounds: string, point: readonly number[]) => {
    const property = bytesOf(
      `${declared}(assert (>= X_0 0))(assert (>= X_1 1))(assert (<= X_1 2))${bounds}(assert (>= Y_0 0))`,
    );
    const certificate = {
      format: 'mipnet certificate',
      version: 2,
      network: sha(network),
      property: sha(property),
      verdict: 'adversarial',
      point,
    };
    return checkCertificate({ network, property, certificate: encodeCertificate(certificate as Certificate, '') });
  };
  for (const bounds of ['(assert (<= X_0 0.5))', '(assert (<= (* 3 X_0) 1.6))'])
    expect(outcome(bounds, [0.5, 1])).toMatchObject({ isAccepted: true });
  for (const bounds of ['(assert (< X_0 0.5))', '(assert (<= (* 3 X_0) 1.4999999999999998))'])
    expect(outcome(bounds, [0.5, 1])).toMatchObject({ isAccepted: false });
});

test('a sum in a property that float64 does not hold', () => {
  const property = `${declared}${box}(assert (<= (+ Y_0 0.5 1e17 (- 1e17)) 1.2))`;
  expect(() => checked({ network, property }, [{ case: 0, tree: [{ rows: [1] }] }])).toThrow(Refusal);
});
