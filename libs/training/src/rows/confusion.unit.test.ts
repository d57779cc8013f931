import { drawDigits, openDataset, writeDataset } from '@mipnet/dataset';
import type { Network } from '@mipnet/network';
import { MemoryStore } from '@mipnet/object-store';
import { expect, test } from 'vitest';
import { testAccuracyOn } from './accuracy.js';
import { confusionOn } from './confusion.js';

test('counts every test row once, and the diagonal is the accuracy', async () => {
  const store = new MemoryStore();
  const dataset = await openDataset(
    store,
    await writeDataset(store, drawDigits({ trainPerClass: 1, testPerClass: 3 })),
  );
  // Whatever the image, the third class.
  const network: Network = {
    inputShape: [1, 28, 28],
    layers: [
      { kind: 'flatten' },
      {
        kind: 'dense',
        inputs: 784,
        outputs: 10,
        weights: new Float64Array(7840),
        bias: Float64Array.from({ length: 10 }, (_, k) => (k === 2 ? 1 : 0)),
      },
    ],
  };
  const counts = await confusionOn(store, dataset.test!, network);
  expect([...counts]).toEqual(Array.from({ length: 100 }, (_, at) => (at % 10 === 2 ? 3 : 0)));
  expect(await testAccuracyOn(store, dataset, network)).toBe(0.1);
});
