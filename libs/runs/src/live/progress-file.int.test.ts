import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProblemNode } from '@mipnet/recursion';
import { NodeProgress } from '@mipnet/workflows/plain';
import { afterAll, expect, test } from 'vitest';
import { ProgressFile, readProgress } from './progress-file.js';

const folder = mkdtempSync(join(tmpdir(), 'mipnet-progress-'));
const paths = { data: folder };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const node = {
  kind: 'train',
  name: 'n',
  splits: ['pairs'],
  problem: { key: 'k', sha256: '', bytes: 1 },
} as ProblemNode;

test('another process reads what the process of a run writes, until the run ends', async () => {
  const file = new ProgressFile(paths, 'a-run', 1000);
  const progress = new NodeProgress('a-run', node, 1000).snapshot(1000);
  file.show(progress, 1000);
  file.show(progress, 1500);
  file.show(progress, 4000);
  await expect.poll(() => readProgress(paths, 'a-run').then((noted) => noted?.points.length)).toBe(3);
  expect((await readProgress(paths, 'a-run'))?.progress).toMatchObject({ run: 'a-run', split: 'pairs', solved: 0 });
  await file.remove();
  expect(existsSync(join(folder, 'runs', 'a-run', 'progress.json'))).toBe(false);
  expect(await readProgress(paths, 'a-run')).toBeUndefined();
});

test('a damaged file is no progress', async () => {
  mkdirSync(join(folder, 'runs', 'bad'), { recursive: true });
  for (const text of ['{', '{"progress": {"run": 3}}', 'null']) {
    writeFileSync(join(folder, 'runs', 'bad', 'progress.json'), text);
    expect(await readProgress(paths, 'bad')).toBeUndefined();
  }
});
