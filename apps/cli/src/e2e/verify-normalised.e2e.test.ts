import { toOnnx } from '@mipnet/network';
import { encodeNpy } from '@mipnet/verification';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Home } from './testing/command.js';

const home = new Home();
afterAll(() => home.remove());

beforeAll(() => {
  const weights = Float64Array.of(1, 0, 0, 1);
  const bias = new Float64Array(2);
  const network = { inputShape: [2], layers: [{ kind: 'dense' as const, inputs: 2, outputs: 2, weights, bias }] };
  writeFileSync(home.path('net.onnx'), toOnnx(network));
  writeFileSync(home.path('x.npy'), encodeNpy(Float32Array.of(0.5, 0.25), [1, 2]));
});

test('--mean and --std: distances and witnesses are those of the raw input', async () => {
  const ask = ['verify', 'net.onnx', '--input', 'x.npy', '--engine', 'local', '--slots', '1', '--json'];
  // Normalised it is (0.5, -1): a tie is 0.75 away, which is 0.375 of the raw input.
  const { code, stdout, stderr } = await home.runHere([
    ...ask,
    ...['--mean', '0.25,0.75', '--std', '0.5', '--epsilons', '0.37,0.38'],
  ]);
  expect(code, stderr).toBe(0);
  const [{ robustUpTo, witnessAt, witness }] = (
    JSON.parse(stdout) as { results: { robustUpTo: string; witnessAt: string; witness: number[] }[] }
  ).results;
  expect([robustUpTo, witnessAt]).toEqual(['0.37', '0.38']);
  expect(witness[0] - witness[1]).toBeLessThanOrEqual(-0.499);
  expect(Math.abs(witness[0] - 0.5)).toBeLessThanOrEqual(0.38);
  const wrong = await home.runHere([...ask, '--mean', '1,2,3', '--epsilon', '0.1']);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/net\.onnx with --mean: mean has 3 numbers/)]);
}, 120_000);
