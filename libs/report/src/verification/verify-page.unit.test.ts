import { expect, test } from 'vitest';
import { environment, sampleVerification } from '../testing/sample-pages.js';
import { verifyPage } from './verify-page.js';

test('a page of verdicts counts them, escapes names and shows bounds', async () => {
  const row = { label: '3', by: 'mip', bound: 0.25, best: 0.5, seconds: 1.5 };
  const html = await verifyPage({
    environment,
    isOfData: true,
    witnesses: [],
    certified: [],
    run: 'verify-1',
    status: 'stopped',
    startedAt: '2026-01-02T03:04:05.678Z',
    asked: [['network', '/a<b>.onnx']],
    unanswered: 4,
    seconds: 9,
    commands: ['./mipnet verify net.onnx'],
    rows: [
      { ...row, name: 'image 0', verdict: 'robust' },
      { ...row, name: 'image <1>', verdict: 'robust', by: 'bounds', bound: Infinity, best: null },
      { ...row, name: 'image 2', verdict: 'adversarial', bound: null },
    ],
  });
  for (const said of [
    '<b>28.6%</b><span>certified accuracy',
    '<b>85.7%</b><span>attack-free accuracy',
    '<b>2</b><span>robust',
    '<b>1</b><span>adversarial',
    '<b>0</b><span>unresolved',
    '<b>4</b><span>not looked at',
    'image &lt;1&gt;',
    '/a&lt;b&gt;.onnx',
    '>0.25<',
    'nothing is unsafe',
    './mipnet verify net.onnx',
  ])
    expect(html).toContain(said);
  expect(html.replace(/<script>[^]*<\/script>/, '')).not.toMatch(/<script[^>]+|https?:|undefined|NaN/);
});

test('witnesses are pictures beside their originals, and several distances are a curve', async () => {
  const html = await verifyPage(sampleVerification(3));
  expect(html.match(/alt="image \d, (original|class|witness|difference)/g)).toHaveLength(9);
  expect(html).toMatch(/Certified accuracy over epsilon, from 90.0% to 42.0%/);
  expect(html).toContain('37 of 512 units undecided');
  expect(await verifyPage({ ...sampleVerification(0), certified: [] })).not.toMatch(/Witnesses|over epsilon/);
});
