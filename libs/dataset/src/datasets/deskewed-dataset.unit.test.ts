import { MemoryStore } from '@mipnet/object-store';
import { expect, test } from 'vitest';
import { affineCopies, defaultAffine } from '../affine.js';
import { deskewed } from '../deskew.js';
import { filledOf, rawOf, selectRows, valuesOf } from '../samples.js';
import { samplesHash } from '../samples-hash.js';
import { openDataset, writeDataset } from '../table.js';
import { readRows } from '../table-rows.js';
import { loadDataset, withDeskew } from './load.js';

const digits = () => loadDataset({ name: 'digits', trainPerClass: 3, testPerClass: 2 });
const straight = () => loadDataset({ name: 'digits', trainPerClass: 3, testPerClass: 2, deskew: true });
const scaled = (bytes: Uint8Array): Float64Array => Float64Array.from(bytes, (byte) => byte * (1 / 255));

test('a network reads deskewed images of both parts, from memory and from the store', async () => {
  const [raw, dataset, store] = [await digits(), await straight(), new MemoryStore()];
  const stored = await openDataset(store, await writeDataset(store, dataset));
  for (const part of ['train', 'test'] as const) {
    const before = raw[part]!;
    const expected = scaled(deskewed(before.features, [1, 28, 28]));
    expect(expected).not.toEqual(valuesOf(before));
    const read = await readRows(
      store,
      stored[part]!,
      Int32Array.from({ length: before.count }, (_, row) => row),
    );
    for (const samples of [dataset[part]!, read])
      for (const values of [valuesOf, rawOf, filledOf]) expect(values(samples)).toEqual(expected);
  }
});

test('a copy is made of the image as it was, and then deskewed', async () => {
  const [raw, dataset] = [await digits(), await straight()];
  const rows = [4, 9];
  const copyOf = ({ train }: typeof raw) =>
    affineCopies(selectRows(train, rows), rows, defaultAffine, { seed: 1, number: 0 });
  expect(valuesOf(copyOf(dataset))).toEqual(scaled(deskewed(copyOf(raw).features, [1, 28, 28])));
});

test('the hash of the rows is that of the images as they were', async () => {
  expect(samplesHash((await straight()).train)).toBe(samplesHash((await digits()).train));
});

test('a data set without the key is stored as before', async () => {
  const store = new MemoryStore();
  const [ref, other] = [await writeDataset(store, await digits()), await writeDataset(store, await straight())];
  expect(ref.sha256).not.toBe(other.sha256);
  const off = await loadDataset({ name: 'digits', trainPerClass: 3, testPerClass: 2, deskew: false });
  expect(await writeDataset(store, off)).toEqual(ref);
});

test('a table and images of real numbers cannot be deskewed', async () => {
  const dataset = await digits();
  expect(() => withDeskew({ ...dataset, inputShape: [784] })).toThrow(
    'dataset.deskew: it straightens images, and a row of digits has 784 features; leave dataset.deskew out',
  );
  const train = { ...dataset.train, features: Float32Array.from(dataset.train.features) };
  expect(() => withDeskew({ ...dataset, train })).toThrow(
    'dataset.deskew: it is defined for pixels from 0 to 255, and digits holds other numbers; save the images as ' +
      'uint8, or leave dataset.deskew out',
  );
});
