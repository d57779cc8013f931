import { parse } from 'csv-parse/sync';
import { PNG } from 'pngjs';
import { expect, test } from 'vitest';
import { number } from '../page/numbers.js';
import { environment, sampleTable, sampleTraining } from '../testing/sample-pages.js';
import { trainPage, type TrainPage } from './train-page.js';

/** One ternary neuron on 2 x 2 images: plus, minus, zero, plus. */
const data: TrainPage = {
  run: 'plan-<1>',
  status: 'completed',
  endedBy: null,
  startedAt: '2026-01-02T03:04:05.678Z',
  plan: 'name: a & b\n',
  dataset: { name: 'digits', train: 4, test: 8, picture: [1, 2, 2] },
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
  subproblems: { total: 1, optimal: 0, bySolver: 0, feasible: 1, unresolved: 0, failed: 0 },
  solver: { name: 'highs' },
  seconds: { wall: 3, solver: 2, merge: 0 },
  rounds: [
    { round: 0, objective: 20, bound: 9, train: 0.5, validation: null, seconds: null },
    { round: 1, objective: 10, bound: 9, train: 1, validation: null, seconds: null },
  ],
  rows: [{ depth: 0, name: 'pair <0v1>', status: 'feasible', objective: 10, bound: 9, seconds: 2 }],
  rowsLeftOff: 3,
  confusion: { classes: ['0', '1'], counts: [3, 1, 1, 3] },
  environment,
  mistakes: [{ row: 5, known: '1', said: '0', margin: -2.5, pixels: Float64Array.of(0, 1, 1, 0) }],
  errors: 2,
  repeat: './mipnet train --plan plan.yaml',
  document: {},
  commands: ['./mipnet evaluate /net.onnx --dataset digits'],
};

test('a page escapes what it is given and needs nothing from elsewhere', async () => {
  const html = await trainPage(data);
  expect(html).toContain('plan-&lt;1&gt;');
  expect(html).toContain('pair &lt;0v1&gt;');
  expect(html).toContain('name: a &amp; b');
  expect(html).not.toMatch(/<script[^>]+|<link|https?:|url\(/);
  expect(html.replace(/<script>[^]*<\/script>/, '')).not.toMatch(/undefined|NaN|\[object/);
});

test('the neurons of a table have a table of weights by column', async () => {
  const terms = [
    { of: 'age >= 45', weight: 1 },
    { of: 'married=<yes>', weight: -1 },
  ];
  const text = await trainPage({ ...data, columns: [{ name: 'no v yes', bias: 0.5, terms }] });
  expect(text).toContain(`no v yes, bias ${number(0.5)}`);
  expect(text).toContain('age &gt;= 45');
  expect(text).toContain('married=&lt;yes&gt;');
  expect(text).toMatch(/width:5\.00rem;background:var\(--minus\)/);
});

test('a page shows the figures, the confusion matrix, the curve and the subproblems', async () => {
  const html = await trainPage(data);
  for (const said of [
    '75.00%',
    '10.00%',
    '>10<',
    '>9<',
    'and 3 more',
    'Objective and bound over the rounds',
    '3 of class 0 classified as 0',
  ])
    expect(html).toContain(said);
  expect(await trainPage({ ...data, rounds: data.rounds.slice(0, 1), confusion: null })).not.toMatch(
    /Objective and bound over the rounds|Confusion matrix/,
  );
});

test('a page says how the data was read, if anything was to decide', async () => {
  const reading = ["column 'age': 1 of <12> training values are missing"];
  expect(await trainPage({ ...data, dataset: { ...data.dataset, reading } })).toContain(
    '<li>column &#39;age&#39;: 1 of &lt;12&gt; training values are missing</li>',
  );
  expect(await trainPage({ ...data, dataset: { ...data.dataset, reading: [] } })).not.toContain(
    'How the data was read',
  );
});

test('weights are pictures: blue for plus, orange for minus, nothing for zero', async () => {
  const [, base64] = (await trainPage(data)).match(/weights of pair 0v1" src="data:image\/png;base64,([^"]+)/)!;
  const png = PNG.sync.read(Buffer.from(base64, 'base64'));
  expect([png.width, png.height]).toEqual([2, 2]);
  const at = (row: number, column: number): number[] => [
    ...png.data.subarray(4 * (row * png.width + column)).subarray(0, 4),
  ];
  const [plus, minus, zero, last] = [at(0, 0), at(0, 1), at(1, 0), at(1, 1)];
  expect(plus[2]).toBeGreaterThan(plus[0]);
  expect(minus[0]).toBeGreaterThan(minus[2]);
  expect([plus[3], minus[3], zero[3]]).toEqual([255, 255, 0]);
  expect(last).toEqual(plus);
});

test('filters are pictures too, a table of features has none', async () => {
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
    (await trainPage({ ...data, neurons: undefined, weights: { inputShape: [1, 5, 5], layers: [filter] } })).match(
      /<img alt="weights/g,
    ),
  ).toHaveLength(2);
  const flat = {
    kind: 'dense',
    inputs: 4,
    outputs: 1,
    weights: new Float64Array(4),
    bias: new Float64Array(1),
  } as const;
  expect(await trainPage({ ...data, weights: { inputShape: [4], layers: [flat] } })).not.toContain('alt="weights');
});

test('misclassified samples are pictures with their margins, the file of the MIPs and the command are in the page', async () => {
  const text = await trainPage(data);
  expect(text).toMatch(/alt="test sample 5"[^]*1, not 0[^]*margin -2.5[^]*row 5/);
  expect(text).toContain('The worst 1 of 2 errors');
  expect(text).toContain('./mipnet train --plan plan.yaml');
  const [, csv] = text.match(/download="plan-&lt;1&gt;-mips.csv" href="data:text\/csv;base64,([^"]+)"/)!;
  expect(parse(Buffer.from(csv, 'base64'), { columns: true })).toMatchObject([{ name: 'pair <0v1>', objective: '10' }]);
});

test('hidden neurons are rules, in order of their weight in the neuron that decides', async () => {
  const text = await trainPage(sampleTable());
  expect(text).toMatch(/yes v no, bias 0.5[^]*<b>\+12<\/b> if age ≥ 6[^]*<b>−11<\/b> if age − job=any ≥ 5/);
});

test('slots, times and gaps are charts if solves noted their times', async () => {
  const text = await trainPage(sampleTraining());
  for (const title of ['Slots and idle time', 'Solver time of the MIPs', 'Gaps of the MIPs', 'Solved MIPs over time'])
    expect(text).toContain(title);
  expect(text).toMatch(/Gap of each MIP while it was solved, 45 MIPs/);
  expect(await trainPage(data)).not.toMatch(/Slots and idle time|Gap of each MIP/);
});

test('a page of 3,000 MIPs is below 5 MB, also on 64 slots', async () => {
  for (const slots of [2, 64]) expect((await trainPage(sampleTraining(3000, slots))).length).toBeLessThan(5e6);
});

test('curves say which line is which, and runs on a kept server lead to those of the same plan', async () => {
  const runsPage = 'http://127.0.0.1:8233/namespaces/default/workflows?query=MipnetPlan%3D%22a%22';
  const html = await trainPage({ ...sampleTraining(3), environment: { ...environment, runsPage } });
  for (const name of ['objective', 'proven bound', 'training', 'validation']) expect(html).toContain(`>${name}</text>`);
  expect(html).toContain(`<a href="${runsPage}">runs of this plan</a>`);
});
