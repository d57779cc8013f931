import { toOnnx, type Network } from '@mipnet/network';
import { MemoryStore } from '@mipnet/object-store';
import { expect, test } from 'vitest';
import { openNetwork, prepareLeaves } from './open-network.js';
import { putModel } from './prepare-verification.js';

const network: Network = {
  inputShape: [1],
  layers: [{ kind: 'dense', inputs: 1, outputs: 1, weights: Float64Array.of(2), bias: Float64Array.of(0) }],
};

test('a network that is prepared is open when a leaf asks for it, and is not read again', async () => {
  const store = new MemoryStore();
  const model = await putModel(store, toOnnx(network));
  await prepareLeaves(store, model);
  const { runtime } = await openNetwork(new MemoryStore(), model);
  expect([...(await runtime.run(Float64Array.of(3)))]).toEqual([6]);
});

test('what cannot be prepared is an error when a leaf asks for it', async () => {
  const missing = { key: 'networks/none', sha256: '0'.repeat(64), bytes: 1 };
  await prepareLeaves(new MemoryStore());
  await expect(prepareLeaves(new MemoryStore(), missing)).rejects.toThrow();
  await expect(openNetwork(new MemoryStore(), missing)).rejects.toThrow();
});
