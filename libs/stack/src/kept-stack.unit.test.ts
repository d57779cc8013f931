import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findKeptStack, type KeptStack, parseKeptStack, rememberKeptStack } from './kept-stack.js';
import { type KeeperControl, openKeeperControl } from './keeper-control.js';

let data: string;
let control: KeeperControl | undefined;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'mipnet-kept-'));
});
afterEach(async () => {
  control?.close();
  await rm(data, { recursive: true, force: true });
});

const kept: KeptStack = {
  pid: process.pid,
  controlPort: 1,
  token: 'secret',
  address: '127.0.0.1:7233',
  namespace: 'default',
  uiUrl: 'http://127.0.0.1:8233',
  storeUrl: 'file:///store',
  slots: 2,
  log: '/log',
  startedAt: '2026-01-01T00:00:00.000Z',
};

describe('parseKeptStack', () => {
  it('reads what was written', () => {
    expect(parseKeptStack(JSON.stringify(kept))).toEqual(kept);
  });

  it.each(['', '{', 'null', '[]', '{}'])('takes %j for no stack', (text) => {
    expect(parseKeptStack(text)).toBeUndefined();
  });

  it.each(Object.keys(kept))('takes a file without %s for no stack', (key) => {
    expect(parseKeptStack(JSON.stringify({ ...kept, [key]: undefined }))).toBeUndefined();
    expect(parseKeptStack(JSON.stringify({ ...kept, [key]: key === 'pid' ? 0 : {} }))).toBeUndefined();
  });
});

describe('findKeptStack', () => {
  it('finds none if there is none', async () => {
    expect(await findKeptStack({ data })).toBeUndefined();
  });

  it('finds a stack whose keeper answers to its token', async () => {
    control = await openKeeperControl();
    const alive = { ...kept, controlPort: control.controlPort, token: control.token };
    await rememberKeptStack({ data }, alive);
    expect(await findKeptStack({ data })).toEqual(alive);
    expect((await stat(join(data, 'kept-stack.json'))).mode & 0o077).toBe(0);
  });

  it.each([
    ['nobody answers', {}],
    ['somebody else answers', { token: 'x'.repeat(48) }],
    ['the process is another one', { pid: process.pid + 1 }],
  ])('forgets a stack when %s', async (why, change) => {
    control = await openKeeperControl();
    const there = why === 'nobody answers' ? kept : { ...kept, controlPort: control.controlPort, token: control.token };
    await rememberKeptStack({ data }, { ...there, ...change });
    expect(await findKeptStack({ data })).toBeUndefined();
    expect(await readdir(data)).toEqual([]);
  });

  it('forgets a half-written file', async () => {
    await writeFile(join(data, 'kept-stack.json'), '{"pid": 1');
    expect(await findKeptStack({ data })).toBeUndefined();
    expect(await readdir(data)).toEqual([]);
  });
});
