import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePlan } from '@mipnet/training';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tryLock } from '@mipnet/stack/folders';
import { isRunId, newRunId } from './run-id.js';
import { pruneRecords } from './prune-records.js';
import { forgetDatabase, hasDatabase, processOf, runFolder } from './run-folder.js';
import { readRecord, readRecords, writeRecord } from './run-record.js';

let paths: { readonly data: string };
beforeEach(async () => {
  paths = { data: await mkdtemp(join(tmpdir(), 'mipnet-records-')) };
});
afterEach(() => rm(paths.data, { recursive: true }));

const record = (run: string, second: number) => ({
  run,
  asked: { kind: 'train' as const, plan: parsePlan('network: [{dense: 1}]', 'test') },
  node: {
    kind: 'train' as const,
    name: 'n',
    problem: { key: 'problems/p', sha256: '0'.repeat(64), bytes: 1 },
    splits: [],
  },
  storeUrl: '/store',
  startedAt: new Date(second * 1000).toISOString(),
  server: null,
});

test('records are read back, newest first, and what is none is passed over', async () => {
  expect(await readRecords(paths)).toEqual([]);
  await writeRecord(paths, record('first', 1));
  await writeRecord(paths, record('second', 2));
  await writeRecord(paths, {
    ...record('first', 1),
    end: { status: 'failed', at: new Date(0).toISOString(), message: 'why' },
  });
  await mkdir(runFolder(paths, 'half'));
  await writeFile(join(runFolder(paths, 'half'), 'run.json'), '{"format": "mip');
  expect((await readRecords(paths)).map(({ run, end }) => [run, end?.message])).toEqual([
    ['second', undefined],
    ['first', 'why'],
  ]);
  expect(await readRecord(paths, 'half')).toBeUndefined();
  const left: string[] = [];
  await readRecords(paths, (run) => left.push(run));
  expect(left).toEqual(['half']);
  expect(await readdir(runFolder(paths, 'first'))).toEqual(['run.json']);
});

test('a run is in hand for as long as its process lives', async () => {
  expect(await processOf(paths, 'run')).toBeUndefined();
  const lock = await tryLock(join(runFolder(paths, 'run'), 'lock'));
  expect(await processOf(paths, 'run')).toBe(process.pid);
  // No process has a number as large as this.
  await lock!.handOver(2 ** 30);
  expect(await processOf(paths, 'run')).toBeUndefined();
});

test('databases of lost runs are kept up to a number, the newest of them', async () => {
  for (let n = 1; n <= 22; n++) {
    await writeRecord(paths, record(`run-${n}`, n));
    await writeFile(join(runFolder(paths, `run-${n}`), 'temporal.db'), '');
  }
  await pruneRecords(paths);
  const kept = await Promise.all(Array.from({ length: 22 }, (_, n) => hasDatabase(paths, `run-${n + 1}`)));
  expect(kept.map((has, n) => (has ? 0 : n + 1)).filter((n) => n > 0)).toEqual([1, 2]);
  await forgetDatabase(paths, 'run-22');
  expect([await hasDatabase(paths, 'run-22'), (await readRecords(paths)).length]).toEqual([false, 22]);
});

test('ids are names of files', () => {
  expect(isRunId(newRunId('few-shot'))).toBe(true);
  expect(['', '..', 'a/b', '.a', 'a b', `a${'b'.repeat(120)}`].filter(isRunId)).toEqual([]);
});
