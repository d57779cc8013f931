import type { EnumeratedCase } from './enumerated-case.js';
import { and, corners, cube, inside, line, parity, square, three, xor } from './enumerated-case.js';

export const cases: EnumeratedCase[] = [
  ...(['sign', 'step', 'ternary', 'relu', 'leakyRelu', 'clip', 'abs'] as const).flatMap((activation) =>
    (['ternary', 'binary'] as const).flatMap((domain): EnumeratedCase[] => [
      {
        title: `XOR, ${activation}, ${domain}`,
        rows: square,
        labels: xor,
        layers: [
          { outputs: 2, domain, activation },
          { outputs: 1, domain },
        ],
        loss: 'zero-one',
        margin: 0.5,
      },
      {
        title: `XOR with hinge, ${activation}, ${domain}`,
        rows: corners,
        labels: xor,
        layers: [
          { outputs: 2, domain, activation },
          { outputs: 1, domain },
        ],
        loss: 'hinge',
        margin: 1.5,
        sparsity: 0.1,
      },
      {
        title: `three classes, ${activation}, ${domain}`,
        rows: corners,
        labels: three,
        layers: [
          { outputs: 1, domain, activation },
          { outputs: 3, domain },
        ],
        loss: 'hinge',
        margin: 1,
      },
    ]),
  ),
  ...(['sign', 'step', 'ternary', 'relu', 'leakyRelu', 'clip', 'abs'] as const).map((activation): EnumeratedCase => ({
    title: `interval, ${activation}, integer(2)`,
    rows: line,
    labels: inside,
    layers: [
      { outputs: 2, domain: 'integer(2)', activation },
      { outputs: 1, domain: 'integer(2)' },
    ],
    loss: 'squared-hinge',
    margin: 1,
  })),
  ...(['sign', 'ternary', 'relu'] as const).map((activation): EnumeratedCase => ({
    title: `parity of three, ${activation}`,
    rows: cube,
    labels: parity,
    layers: [
      { outputs: 1, domain: 'ternary', activation },
      { outputs: 1, domain: 'integer(2)' },
    ],
    loss: 'zero-one',
    margin: 0.5,
  })),
  {
    title: 'parity of three, two neurons',
    rows: cube,
    labels: parity,
    layers: [
      { outputs: 2, domain: 'binary', activation: 'step', bias: true },
      { outputs: 1, domain: 'binary' },
    ],
    loss: 'zero-one',
    margin: 0.5,
  },
  {
    title: 'AND without hidden neurons',
    rows: corners,
    labels: and,
    layers: [{ outputs: 1, domain: 'ternary', bias: true }],
    loss: 'hinge',
    margin: 1.5,
    sparsity: 0.2,
  },
  {
    title: 'AND, integer(3)',
    rows: corners,
    labels: and,
    layers: [{ outputs: 1, domain: 'integer(3)', bias: true }],
    loss: 'zero-one',
    margin: 1.5,
    sparsity: 0.01,
  },
  {
    title: 'two layers of hidden neurons, sign',
    rows: square,
    labels: xor,
    layers: [
      { outputs: 2, domain: 'binary', activation: 'sign' },
      { outputs: 2, domain: 'binary', activation: 'step' },
      { outputs: 1, domain: 'ternary' },
    ],
    loss: 'hinge',
    margin: 0.5,
  },
  {
    title: 'two layers of hidden neurons, ternary and relu',
    rows: corners,
    labels: and,
    layers: [
      { outputs: 1, domain: 'ternary', activation: 'ternary' },
      { outputs: 2, domain: 'ternary', activation: 'relu' },
      { outputs: 1, domain: 'ternary' },
    ],
    loss: 'hinge',
    margin: 1,
  },
  {
    title: 'max score',
    rows: corners,
    labels: three,
    layers: [
      { outputs: 1, domain: 'binary', activation: 'sign' },
      { outputs: 3, domain: 'binary' },
    ],
    loss: 'max-score',
    margin: 1,
  },
  {
    title: 'mixed domains',
    rows: square,
    labels: xor,
    layers: [
      { outputs: 2, domain: 'ternary', activation: 'sign' },
      { outputs: 1, domain: 'integer(3)' },
    ],
    loss: 'hinge',
    margin: 2,
    sparsity: 0.05,
  },
  {
    title: 'sign with biases',
    rows: line,
    labels: inside,
    layers: [
      { outputs: 2, domain: 'binary', activation: 'sign', bias: true },
      { outputs: 1, domain: 'binary' },
    ],
    loss: 'zero-one',
    margin: 0.5,
  },
  {
    title: 'ternary with biases',
    rows: line,
    labels: inside,
    layers: [
      { outputs: 1, domain: 'ternary', activation: 'ternary', bias: true },
      { outputs: 1, domain: 'ternary', bias: true },
    ],
    loss: 'hinge',
    margin: 1,
  },
];
