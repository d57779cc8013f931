import { MemoryStore } from '@mipnet/object-store';
import { writeDataset } from '@mipnet/dataset';
import type { Network } from '@mipnet/network';
import { expect, test } from 'vitest';
import { bars } from '../testing/run-plan.js';

// Threads run compiled code.
const { materialize } = (await import(
  new URL('../../dist/rows/materialize.js', import.meta.url).href
)) as typeof import('./materialize.js');

const frozen: Network = {
  inputShape: [1, 8, 8],
  layers: [
    {
      kind: 'conv2d',
      inputChannels: 1,
      outputChannels: 2,
      groups: 1,
      kernel: [3, 3],
      strides: [1, 1],
      dilations: [1, 1],
      pads: [0, 0, 0, 0],
      weights: Float64Array.from({ length: 18 }, (_, i) => (i % 3) - 1),
      bias: Float64Array.of(0.5, -0.25),
    },
    { kind: 'activation', activation: 'step' },
  ],
};

/** Enough rows for several threads. */
async function viewOfMany() {
  const made = bars(1000);
  const store = new MemoryStore();
  const dataset = await writeDataset(store, made);
  const rows = Int32Array.from(made.train.labels.keys()).filter((row) => row % 8 !== 0);
  const validationRows = Int32Array.of(0, 8, 16);
  const labelsOf = (chosen: Int32Array): Int32Array => chosen.map((row) => made.train.labels[row]);
  const view = {
    ...{ rows, labels: labelsOf(rows), classes: Int32Array.of(0, 1, 2, 3), shifts: 4 },
    ...{ validationRows, validationLabels: labelsOf(validationRows) },
  };
  return { store, dataset, view };
}

test('several threads give the outputs, and the order, of one', async () => {
  const { store, dataset, view } = await viewOfMany();
  const here = await materialize(store, dataset, view, frozen);
  expect(view.rows.length * 5).toBeGreaterThan(10_000);
  expect(await materialize(store, dataset, view, frozen, 3)).toEqual(here);
});

test('what goes wrong in a thread is the error of the division', async () => {
  const { store, dataset, view } = await viewOfMany();
  const unsendable = { ...frozen, note: () => undefined } as Network;
  await expect(materialize(store, dataset, view, unsendable, 3)).rejects.toThrow(/could not be cloned/);
});
