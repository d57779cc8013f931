import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findTable } from './find-table.js';

const folder = mkdtempSync(join(tmpdir(), 'mipnet-table-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, 'data'));
writeFileSync(join(folder, 'data/t.csv'), 'right');
writeFileSync(join(folder, 't.csv'), 'other');
const sha256 = createHash('sha256').update('right').digest('hex');
const lost = { key: 'file', written: 'data/t.csv', sha256, network: join(folder, 'net.onnx'), known: [] } as const;

test('the table is found beside the network, by the path as written', async () => {
  expect(await findTable(lost)).toBe(join(folder, 'data/t.csv'));
});

test('a place that a run knows goes first, if the content is right', async () => {
  const known = [join(folder, 't.csv'), join(folder, 'data/t.csv')];
  expect(await findTable({ ...lost, written: 'gone/t.csv', known })).toBe(join(folder, 'data/t.csv'));
});

test('another content in its place is said, with the option', async () => {
  await expect(findTable({ ...lost, written: 't.csv' })).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringMatching(/t\.csv has changed since .*--file/),
  });
});

test('nothing in its place is said, with the option and the places', async () => {
  await expect(findTable({ ...lost, key: 'test', written: 'gone.csv' })).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringMatching(
      /the test table .* gone\.csv .* is not there \(looked at .*\); give it by --test TABLE\.csv$/,
    ),
  });
});

test("a file that does not name its table's content, as a stranger may write it, opens nothing", async () => {
  await expect(findTable({ ...lost, sha256: undefined })).rejects.toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('but not what is in it'),
  });
});
