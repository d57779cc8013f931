import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makePrivate, tightenFolders } from './private-folders.js';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'mipnet-private-'));
});
afterEach(() => rm(home, { recursive: true }));

const modeOf = async (path: string): Promise<string> => ((await stat(join(home, path))).mode & 0o777).toString(8);

test('a new folder and its parents are for their owner alone', async () => {
  await makePrivate(join(home, 'data/runs/one'));
  expect(await Promise.all(['data', 'data/runs', 'data/runs/one'].map(modeOf))).toEqual(['700', '700', '700']);
});

test('folders of an earlier version are closed with all in them, others beside them are left alone', async () => {
  for (const folder of ['data/runs/one', 'log', 'other']) await mkdir(join(home, folder), { recursive: true });
  for (const file of ['data/runs/one/run.json', 'log/a.log', 'other/file']) await writeFile(join(home, file), '');
  await chmod(join(home, 'log/a.log'), 0o755);
  await chmod(join(home, 'other'), 0o755);
  await tightenFolders({ data: join(home, 'data'), cache: join(home, 'cache'), log: join(home, 'log') });
  const paths = ['data', 'data/runs', 'data/runs/one', 'data/runs/one/run.json', 'log', 'log/a.log', 'other'];
  expect(await Promise.all(paths.map(modeOf))).toEqual(['700', '700', '700', '600', '700', '700', '755']);
});
