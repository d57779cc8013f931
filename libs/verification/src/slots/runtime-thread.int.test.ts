import { toOnnx, type Network } from '@mipnet/network';
import { MemoryStore } from '@mipnet/object-store';
import { afterEach, expect, test } from 'vitest';
import { openNetwork, prepareLeaves } from '../node/open-network.js';
import { putModel } from '../node/prepare-verification.js';
import { RuntimeBehind } from './runtime-behind.js';
import type { RuntimeThread } from './runtime-thread.js';

// Compiled: a thread is started from a file.
const compiled = new URL('../../dist/slots/runtime-thread.js', import.meta.url).href;
const { startRuntimeThread } = (await import(compiled)) as typeof import('./runtime-thread.js');

const threads: RuntimeThread[] = [];
function started(): RuntimeThread {
  const thread = startRuntimeThread();
  threads.push(thread);
  return thread;
}
afterEach(async () => void (await Promise.all(threads.splice(0).map((thread) => thread.close()))));

/** factor * x */
const times = (factor: number): Uint8Array =>
  toOnnx({
    inputShape: [1],
    layers: [{ kind: 'dense', inputs: 1, outputs: 1, weights: Float64Array.of(factor), bias: Float64Array.of(0) }],
  } satisfies Network);
const run = async (runtime: RuntimeBehind, input: number): Promise<number> =>
  (await runtime.run(Float64Array.of(input)))[0];

test('answers before the model is open, in order, each with the model that was opened before it', async () => {
  const runtime = new RuntimeBehind(started().port);
  const opened = [runtime.open(times(2))];
  const first = [run(runtime, 1), run(runtime, 3)];
  opened.push(runtime.open(times(5)));
  expect(await Promise.all([...first, run(runtime, 1)])).toEqual([2, 6, 5]);
  await Promise.all(opened);
});

test('a model that the runtime refuses is an error of its open and of its inputs; the next model is open', async () => {
  const runtime = new RuntimeBehind(started().port);
  const opened = runtime.open(Uint8Array.of(1, 2, 3));
  const error = { name: 'VerificationError', code: 'model', message: expect.stringContaining('does not open') };
  const ran = expect(run(runtime, 1)).rejects.toMatchObject(error);
  await expect(opened).rejects.toMatchObject(error);
  await ran;
  await runtime.open(times(2));
  await expect(runtime.run(Float64Array.of(1, 2))).rejects.toMatchObject({ code: 'runtime' });
  expect(await run(runtime, 1)).toBe(2);
});

test('the end of the thread is an error of what it was asked, and of what it is asked later', async () => {
  const thread = started();
  const runtime = new RuntimeBehind(thread.port);
  await runtime.open(times(2));
  const asked = expect(run(runtime, 1)).rejects.toMatchObject({ name: 'SolverError', code: 'crash' });
  await thread.close();
  await asked;
  await expect(run(runtime, 1)).rejects.toMatchObject({ code: 'crash' });
});

test('a network of leaves is opened there if a thread is given', async () => {
  const store = new MemoryStore();
  await prepareLeaves(store, await putModel(store, times(3)), started().port);
  const { runtime, opening } = await openNetwork(store, await putModel(store, times(3)));
  expect(runtime).toBeInstanceOf(RuntimeBehind);
  await opening;
  expect([...(await runtime.run(Float64Array.of(2)))]).toEqual([6]);
});

test('a thread that ended is known as such, so that nobody waits for its answer', async () => {
  const thread = started();
  expect(thread.hasEnded).toBe(false);
  await thread.close();
  expect(thread.hasEnded).toBe(true);
});
