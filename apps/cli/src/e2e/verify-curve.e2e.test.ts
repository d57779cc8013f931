import { toOnnx, type Network } from '@mipnet/network';
import { encodeNpy } from '@mipnet/verification';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Home } from './testing/command.js';

const home = new Home();
afterAll(() => home.remove());

/** The larger of two inputs wins: the distance of the other class is half of their difference. */
const network: Network = {
  inputShape: [2],
  layers: [{ kind: 'dense', inputs: 2, outputs: 2, weights: Float64Array.of(1, 0, 0, 1), bias: Float64Array.of(0, 0) }],
};
beforeAll(() => {
  writeFileSync(home.path('net.onnx'), toOnnx(network));
  writeFileSync(home.path('x.npy'), encodeNpy(Float32Array.of(0.5, 0.25, 0.25, 1, 0.5, 0.375), [3, 2]));
});

const verify = (...args: string[]) =>
  home.runHere(['verify', 'net.onnx', '--input', 'x.npy', '--engine', 'local', '--slots', '1', ...args]);

test('--epsilons asks a larger distance only about rows that are robust for the smaller ones', async () => {
  const first = await verify('--epsilons', '0.05..0.25:3', '--json');
  expect(first.code, first.stderr).toBe(0);
  expect(first.stderr).toContain('epsilon 0.25: 1 of 3 rows');
  expect(JSON.parse(first.stdout)).toMatchObject({
    accuracy: 1,
    epsilons: [
      { epsilon: '0.05', robust: 3, certifiedAccuracy: 1 },
      { epsilon: '0.15', robust: 1, adversarial: 2, certifiedAccuracy: 1 / 3 },
      { epsilon: '0.25', robust: 1, adversarial: 2 },
    ],
    results: [
      { row: 0, robustUpTo: '0.05', witnessAt: '0.15' },
      { row: 1, robustUpTo: '0.25', witnessAt: null, openAt: null },
      { row: 2, robustUpTo: '0.05', witnessAt: '0.15' },
    ],
  });
}, 120_000);

test('--epsilons stands alone', async () => {
  const [both, closest] = [
    await verify('--epsilons', '0.1,0.2', '--epsilon', '0.1'),
    await verify('--epsilons', '0.1,0.2', '--goal', 'closest'),
  ];
  expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('leave out --epsilon')]);
  expect([closest.code, closest.stderr]).toEqual([2, expect.stringContaining('leave out --goal closest')]);
}, 60_000);
