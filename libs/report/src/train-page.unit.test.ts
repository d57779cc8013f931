import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { number } from './numbers.js';
import { trainPage, type TrainPage } from './train-page.js';

/** One ternary neuron on 2 x 2 images: plus, minus, zero, plus. */
const data: TrainPage = {
  run: 'plan-<1>',
  status: 'completed',
  endedBy: null,
  startedAt: '2026-01-02T03:04:05.678Z',
  plan: 'name: a & b\n',
  dataset: { name: 'digits', train: 4, test: 8 },
  network: { file: '/net.onnx', parameters: 5, nonZero: 3, domain: 'ternary' },
  weights: {
    inputShape: [1, 2, 2],
    layers: [
      { kind: 'flatten' },
      { kind: 'dense', inputs: 4, outputs: 1, weights: Float64Array.of(1, -1, 0, 1), bias: Float64Array.of(0.5) },
      { kind: 'activation', activation: 'sign' },
    ],
  },
  neurons: ['pair 0v1'],
  accuracy: { train: 1, validation: null, test: 0.75 },
  objective: 10,
  covers: null,
  bound: 9,
  subproblems: { total: 1, optimal: 0, feasible: 1, unresolved: 0, failed: 0 },
  seconds: { wall: 3, solver: 2, merge: 0 },
  rounds: [
    { round: 0, objective: 20, bound: 9 },
    { round: 1, objective: 10, bound: 9 },
  ],
  rows: [{ depth: 0, name: 'pair <0v1>', status: 'feasible', objective: 10, bound: 9, seconds: 2 }],
  rowsLeftOff: 3,
  confusion: { classes: ['0', '1'], counts: [3, 1, 1, 3] },
  commands: ['./mipnet evaluate /net.onnx --dataset digits'],
};

test('a page escapes what it is given and needs nothing from elsewhere', () => {
  const html = trainPage(data);
  expect(html).toContain('plan-&lt;1&gt;');
  expect(html).toContain('pair &lt;0v1&gt;');
  expect(html).toContain('name: a &amp; b');
  expect(html).not.toMatch(/<script|<link|https?:|url\(/);
  expect(html).not.toMatch(/undefined|NaN|\[object/);
});

test('the neurons of a table have a table of weights by column', () => {
  const terms = [
    { of: 'age >= 45', weight: 1 },
    { of: 'married=<yes>', weight: -1 },
  ];
  const text = trainPage({ ...data, columns: [{ name: 'no v yes', bias: 0.5, terms }] });
  expect(text).toContain(`no v yes, bias ${number(0.5)}`);
  expect(text).toContain('age &gt;= 45');
  expect(text).toContain('married=&lt;yes&gt;');
  expect(text).toMatch(/width:5\.00rem;background:var\(--minus\)/);
});

test('a page shows the figures, the confusion matrix, the curve and the subproblems', () => {
  const html = trainPage(data);
  for (const said of [
    '75.00%',
    '10.00%',
    '>10<',
    '>9<',
    'and 3 more',
    'Objective over the rounds',
    '3 of class 0 classified as 0',
  ])
    expect(html).toContain(said);
  expect(trainPage({ ...data, rounds: data.rounds.slice(0, 1), confusion: null })).not.toMatch(
    /Objective over the rounds|Confusion matrix/,
  );
});

test('a page says how the data was read, if anything was to decide', () => {
  const reading = ["column 'age': 1 of <12> training values are missing"];
  expect(trainPage({ ...data, dataset: { ...data.dataset, reading } })).toContain(
    '<li>column &#39;age&#39;: 1 of &lt;12&gt; training values are missing</li>',
  );
  expect(trainPage({ ...data, dataset: { ...data.dataset, reading: [] } })).not.toContain('How the data was read');
});

test('weights are pictures: blue for plus, orange for minus, nothing for zero', () => {
  const [, base64] = trainPage(data).match(/data:image\/png;base64,([^"]+)/)!;
  const png = PNG.sync.read(Buffer.from(base64, 'base64'));
  const half = png.width / 2;
  const at = (row: number, column: number): number[] => [
    ...png.data.subarray(4 * (row * half * png.width + column * half)).subarray(0, 4),
  ];
  const [plus, minus, zero, last] = [at(0, 0), at(0, 1), at(1, 0), at(1, 1)];
  expect(plus[2]).toBeGreaterThan(plus[0]);
  expect(minus[0]).toBeGreaterThan(minus[2]);
  expect([plus[3], minus[3], zero[3]]).toEqual([255, 255, 0]);
  expect(last).toEqual(plus);
});

test('filters are pictures too, a table of features has none', () => {
  const filter = {
    kind: 'conv2d',
    inputChannels: 1,
    outputChannels: 2,
    groups: 1,
    kernel: [3, 3],
    strides: [1, 1],
    dilations: [1, 1],
    pads: [0, 0, 0, 0],
    weights: new Float64Array(18).fill(1),
    bias: new Float64Array(2),
  } as const;
  expect(
    trainPage({ ...data, neurons: undefined, weights: { inputShape: [1, 5, 5], layers: [filter] } }).match(/<figure>/g),
  ).toHaveLength(2);
  const flat = {
    kind: 'dense',
    inputs: 4,
    outputs: 1,
    weights: new Float64Array(4),
    bias: new Float64Array(1),
  } as const;
  expect(trainPage({ ...data, weights: { inputShape: [4], layers: [flat] } })).not.toContain('<figure>');
});
