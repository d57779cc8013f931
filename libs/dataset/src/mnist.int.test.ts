import { mkdir, mkdtemp, readdir, rm, symlink, truncate, writeFile, copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadMnist } from './datasets/mnist.js';

const data = process.env.MIPNET_DATA;
const names = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mipnet-mnist-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A port nobody listens on: refused at once, as on a machine without a network. */
const nowhere = ['http://127.0.0.1:1/mnist/', 'http://127.0.0.1:1/also/'];

test('without files and without a network, the message says what to do', async () => {
  const loading = loadMnist({ environment: { XDG_CACHE_HOME: folder }, mirrors: nowhere });
  await expect(loading).rejects.toMatchObject({ code: 'download' });
  await expect(loading).rejects.toThrow(
    /^MNIST is not on this machine: cannot download train-images.*127\.0\.0\.1:1.*Go online.*MIPNET_DATA/,
  );
  await expect(loading).rejects.toThrow(join(folder, 'mipnet', 'mnist'));
});

test('a named folder that does not exist is an error, whatever else there is', async () => {
  const loading = loadMnist({ dataFolder: join(folder, 'none'), environment: { MIPNET_DATA: data }, mirrors: nowhere });
  await expect(loading).rejects.toMatchObject({ code: 'missing' });
});

test('a folder with a part of the files says which are missing', async () => {
  await writeFile(join(folder, `${names[0]}.gz`), '');
  const loading = loadMnist({ dataFolder: folder, environment: {}, mirrors: nowhere });
  await expect(loading).rejects.toMatchObject({ code: 'missing' });
  await expect(loading).rejects.toThrow(
    'add train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz',
  );
});

describe.skipIf(!data)(`with the files${data ? '' : ' (skipped: MIPNET_DATA is not set)'}`, () => {
  const source = (name: string): string => join(data!, 'mnist', `${name}.gz`);

  test('reads 60,000 and 10,000 images from MIPNET_DATA', async () => {
    const {
      train,
      test: held,
      notes,
    } = await loadMnist({ environment: { MIPNET_DATA: data, XDG_CACHE_HOME: folder }, mirrors: nowhere });
    expect([train.count, held!.count]).toEqual([60_000, 10_000]);
    expect(train.inputShape).toEqual([1, 28, 28]);
    expect([...train.labels.slice(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    expect(held!.labels.filter((label) => label === 7).length).toBe(1028);
    expect(notes.join()).toContain(join(data!, 'mnist'));
  });

  test('a named folder comes first, itself or its folder mnist', async () => {
    await mkdir(join(folder, 'mnist'));
    for (const name of names) await symlink(source(name), join(folder, 'mnist', `${name.replace('-idx', '.idx')}.gz`));
    for (const dataFolder of [folder, join(folder, 'mnist')]) {
      const { notes } = await loadMnist({ dataFolder, environment: { MIPNET_DATA: data }, mirrors: nowhere });
      expect(notes.join()).toContain(join(folder, 'mnist'));
    }
  });

  test('a file cut short or with another content is damaged, by its path', async () => {
    for (const name of names) await copyFile(source(name), join(folder, `${name}.gz`));
    const labels = join(folder, `${names[1]}.gz`);
    await truncate(labels, 1000);
    const load = (): Promise<unknown> => loadMnist({ dataFolder: folder, environment: {}, mirrors: nowhere });
    await expect(load()).rejects.toMatchObject({ code: 'damaged' });
    await expect(load()).rejects.toThrow(`${labels} is not a whole gzip file`);
    await copyFile(source(names[3]), labels);
    await expect(load()).rejects.toThrow(`${labels} is not MNIST's train-labels-idx1-ubyte: the SHA-256`);
    expect((await readdir(folder)).length).toBe(4);
  });
});
