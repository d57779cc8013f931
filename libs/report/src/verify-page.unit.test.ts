import { expect, test } from 'vitest';
import { verifyPage } from './verify-page.js';

test('a page of verdicts counts them, escapes names and shows bounds', () => {
  const row = { label: '3', by: 'mip', bound: 0.25, best: 0.5, seconds: 1.5 };
  const html = verifyPage({
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
  expect(html).not.toMatch(/<script|https?:|undefined|NaN/);
});
