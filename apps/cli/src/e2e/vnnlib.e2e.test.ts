import { floats, node, onnxModel } from '@mipnet/network/testing/onnx-model';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Home, vnnlibProgram, type Ended } from './testing/command.js';

// The program mipnet-vnnlib, as a tool of the VNN-LIB 2.0 standard or a script of the competition calls it.

const home = new Home();

const run = (...args: string[]): Promise<Ended> =>
  promisify(execFile)(process.execPath, [vnnlibProgram, ...args], { cwd: home.folder, env: home.env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr }),
  );

/** y = relu(2 x - 1), hidden: 2 x - 1. */
const hinge = onnxModel({
  input: ['N', 1],
  nodes: [node('Mul', ['x', 'two'], 'm'), node('Sub', ['m', 'one'], 'hidden'), node('Relu', ['hidden'], 'y')],
  constants: [floats('two', [1], [2]), floats('one', [1], [1])],
});
const version2 = (rows: string): string => `(vnnlib-version <2.0>)
(declare-network f
  (declare-input X float32 [1,1])
  (declare-hidden H float32 [1,1] "hidden")
  (declare-output Y float32 [1,1]))
(assert (and (>= X[0,0] 0.0) (<= X[0,0] 1.0)))
${rows}`;

beforeAll(() => {
  writeFileSync(home.path('net.onnx'), hinge);
  writeFileSync(home.path('sat.vnnlib'), version2('(assert (and (<= (+ H[0,0] X[0,0]) 0.5) (>= Y[0,0] 0.0)))'));
  writeFileSync(home.path('unsat.vnnlib'), version2('(assert (> Y[0,0] (+ X[0,0] 0.5)))'));
  writeFileSync(
    home.path('one.vnnlib'),
    '(declare-const X_0 Real)(declare-const Y_0 Real)(assert (and (>= X_0 0) (<= X_0 1) (= Y_0 0)))',
  );
});
afterAll(() => home.remove());

test('says what it is and what it can', async () => {
  expect((await run('--name')).stdout).toBe('mipnet\n');
  expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await run('supports', '--onnx-opset-versions')).stdout).toMatch(/^7\n\d\d\n$/);
  expect((await run('supports', '--vnnlib-versions')).stdout).toBe('1.0\n2.0\n');
  const unknown = await run('supports', '--magic');
  expect(unknown).toMatchObject({ code: 2, stdout: '' });
  expect(unknown.stderr).toContain('supports takes one of --onnx-opset-versions,');
});

test('prints sat with every declared tensor, or unsat', async () => {
  const sat = await run('verify', 'sat.vnnlib', '--network', 'f=net.onnx', '--timeout', '60');
  expect(sat, sat.stderr).toMatchObject({ code: 0, stderr: '' });
  const [, x, h, y] = /^sat\nX float32 \[1,1\]\n(\S+)\nH float32 \[1,1\]\n(\S+)\nY float32 \[1,1\]\n(\S+)\n$/
    .exec(sat.stdout)!
    .map(Number);
  expect(h).toBeCloseTo(2 * x - 1, 5);
  expect(y).toBeCloseTo(Math.max(0, h), 5);
  expect(h + x).toBeLessThanOrEqual(0.5);
  const unsat = await run('verify', 'unsat.vnnlib', '--network', 'f=net.onnx');
  expect(unsat, unsat.stderr).toMatchObject({ code: 0, stdout: 'unsat\n' });
});

test("writes the competition's results file for a property of version 1.0", async () => {
  const ended = await run('verify', 'one.vnnlib', '--network', 'net.onnx', '--results', 'results.txt');
  expect(ended.code, ended.stderr).toBe(0);
  const results = readFileSync(home.path('results.txt'), 'utf8');
  expect(results).toMatch(/^sat\n\(\(X_0 \d\S*\)\n\(Y_0 0\.0\)\)\n$/);
  expect(ended.stdout).toBe(results);
});

test.each<[string, readonly string[], string]>([
  ['a network without a file', ['verify', 'sat.vnnlib'], 'needs a file for the network f: give --network f=NET.onnx'],
  [
    'a file for no network',
    ['verify', 'sat.vnnlib', '--network', 'g=net.onnx'],
    'needs no file for the network g; it declares the network f',
  ],
  [
    'two files for one',
    ['verify', 'sat.vnnlib', '--network', 'f=net.onnx', '--network', 'net.onnx'],
    '--network names two files for f',
  ],
  ['no time', ['verify', 'sat.vnnlib', '--timeout', '0'], 'Give seconds, such as 60.'],
  ['a property that is not there', ['verify', 'no.vnnlib', '--network', 'f=net.onnx'], 'no.vnnlib'],
])('refuses %s', async (_, args, message) => {
  const { code, stdout, stderr } = await run(...args);
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^mipnet-vnnlib: .*\n$/);
  expect(stderr).toContain(message);
});
