import { toOnnx, type Network } from '@mipnet/network';
import { rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Home } from './testing/command.js';
import type { HostileCase } from './testing/hostile-case.js';
import { hostileData } from './testing/hostile-data.js';
import { hostileNetworks } from './testing/hostile-networks.js';
import { hostilePlans } from './testing/hostile-plans.js';
import { hostileProperties } from './testing/hostile-properties.js';
import { measuredRun } from './testing/peak-usage.js';

const home = new Home();
afterAll(() => home.remove());

const dense = (inputs: number, outputs: number): Network => ({
  inputShape: [inputs],
  layers: [
    {
      kind: 'dense',
      inputs,
      outputs,
      weights: new Float64Array(inputs * outputs).fill(0.5),
      bias: new Float64Array(outputs),
    },
  ],
});

beforeAll(() => {
  writeFileSync(home.path('two.onnx'), toOnnx(dense(2, 2)));
  writeFileSync(home.path('image.onnx'), toOnnx(dense(784, 10)));
});

/** MiB, and seconds of the processor. */
const limits = { memory: 1024, seconds: 10 };

const kinds: readonly (readonly [string, readonly HostileCase[]])[] = [
  ['a network', hostileNetworks],
  ['a property', hostileProperties('two.onnx')],
  ['a plan', hostilePlans],
  ['data', hostileData('image.onnx')],
];

/** A person sees one sentence of the program, and none of the language it is written in. */
const ofTheEngine =
  /\n +at |Maximum call stack|Invalid typed array|Invalid array length|out of memory|Cannot read propert|is not a function|is not iterable|heap|YAMLWarning|ERR_[A-Z]/;

describe.each(kinds)('%s', (_kind, cases) => {
  test.each(cases.map((one) => [one.what, one] as const))('%s', async (_what, { file, make, args, says, env }) => {
    const path = file.startsWith('/') ? file : home.path(file);
    try {
      await make?.(path);
      const { code, stdout, stderr, memory, seconds } = await measuredRun(home, args(file), env?.(path));
      expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
      const last = stderr.trimEnd().split('\n').at(-1);
      expect(last).toMatch(/^mipnet: /);
      expect(last).toMatch(says);
      expect(stderr).not.toMatch(ofTheEngine);
      expect(stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      expect(memory, 'MiB').toBeLessThan(limits.memory);
      expect(seconds, 'seconds of the processor').toBeLessThan(limits.seconds);
    } finally {
      if (make) rmSync(path, { recursive: true, force: true });
    }
  });
});

test('there are at least 60 of them', () => {
  expect(kinds.reduce((sum, [, cases]) => sum + cases.length, 0)).toBeGreaterThanOrEqual(60);
});
