import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { floats, node, onnxModel } from '@mipnet/network/testing/onnx-model';
import { afterAll, expect, test } from 'vitest';
import { Home } from './testing/command.js';

const home = new Home();
afterAll(() => home.remove());

/** y = |x_0 + x_1| + |x_0 - x_1|, at most 1.8 on [-0.9, 0.9]^2. */
writeFileSync(
  home.path('net.onnx'),
  onnxModel({
    input: ['N', 2],
    nodes: [node('Gemm', ['x', 'w', 'b'], 'a'), node('Abs', ['a'], 'r'), node('MatMul', ['r', 'v'], 'y')],
    constants: [floats('w', [2, 2], [1, 1, 1, -1]), floats('b', [2], [0, 0]), floats('v', [2, 1], [1, 1])],
  }),
);

function property(name: string, threshold: number): string {
  const inputs = [0, 1].map((i) => `(declare-const X_${i} Real)(assert (and (>= X_${i} -0.9) (<= X_${i} 0.9)))`);
  writeFileSync(home.path(name), `${inputs.join('')}(declare-const Y_0 Real)(assert (>= Y_0 ${threshold}))`);
  return name;
}

test('a proof and a witness, each written and checked; nothing else is accepted', async () => {
  const safe = property('safe.vnnlib', 1.9);
  const proven = await home.runHere(['verify', 'net.onnx', '--vnnlib', safe, '--certificate', 'c.json.gz', '--json']);
  expect(proven.code, proven.stderr).toBe(0);
  expect(JSON.parse(proven.stdout)).toMatchObject({
    results: [{ verdict: 'robust' }],
    certificate: { file: 'c.json.gz', property: safe },
  });
  const accepted = await home.runHere(['check', 'c.json.gz', 'net.onnx', safe]);
  expect(accepted.stdout).toMatch(/^accepted: robust, proven on \d+ parts of 1 cases\n$/);
  expect(accepted.code).toBe(0);

  const unsafe = property('unsafe.vnnlib', 1.7);
  const broken = await home.runHere(['verify', 'net.onnx', '--vnnlib', unsafe, '--certificate', 'w.json']);
  expect(broken.code, broken.stderr).toBe(0);
  const witness = await home.runHere(['check', 'w.json', 'net.onnx', unsafe, '--json']);
  expect(JSON.parse(witness.stdout)).toEqual({ isAccepted: true, verdict: 'adversarial', isCertain: true });

  const other = await home.runHere(['check', 'c.json.gz', 'net.onnx', unsafe]);
  expect([other.code, other.stdout]).toEqual([1, 'not accepted: it is about another property: the SHA-256 differs\n']);
  const document = JSON.parse(gunzipSync(readFileSync(home.path('c.json.gz'))).toString()) as { version: number };
  writeFileSync(home.path('v3.json'), JSON.stringify({ ...document, version: 3 }));
  const newer = await home.runHere(['check', 'v3.json', 'net.onnx', safe]);
  expect([newer.code, newer.stdout]).toEqual([2, '']);
  expect(newer.stderr).toContain('the certificate is none of version 2');
});
