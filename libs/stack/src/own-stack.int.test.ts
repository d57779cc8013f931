import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import { searchAttributeTypes } from '@mipnet/workflows';
import getPort from 'get-port';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { mipnetPaths } from './folders/paths.js';
import { isAlive } from './folders/process-lock.js';
import { findTemporal } from './temporal-binary.js';

// The stack starts other programs of its own folder, which exist only compiled.
const compiled = '../dist';
const { startOwnStack } = (await import(`${compiled}/own-stack.js`)) as typeof import('./own-stack.js');
const { startStack } = (await import(`${compiled}/start-stack.js`)) as typeof import('./start-stack.js');
const { up } = (await import(`${compiled}/up.js`)) as typeof import('./up.js');
const { down } = (await import(`${compiled}/down.js`)) as typeof import('./down.js');

const dummyWorker = fixture('dummy-worker.mjs');

let env: NodeJS.ProcessEnv;
let home: string;
let binary: string;
beforeAll(async () => {
  binary = await findTemporal({ env: process.env, bin: mipnetPaths().bin, onMessage: console.error });
}, 900_000);
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'mipnet-stack-'));
  env = { ...withoutTemporal(process.env), MIPNET_HOME: home, MIPNET_TEMPORAL_BIN: binary };
});
afterEach(async () => {
  await down({ paths: mipnetPaths(env), onMessage: () => {} });
  await rm(home, { recursive: true, force: true });
});

function fixture(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
}

function withoutTemporal(all: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

async function withConnection<T>(address: string, use: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address, connectTimeout: 60_000 });
  try {
    return await use(connection);
  } finally {
    await connection.close();
  }
}

async function searchAttributes(address: string): Promise<string[]> {
  const answer = await withConnection(address, (connection) =>
    connection.operatorService.listSearchAttributes({ namespace: 'default' }),
  );
  return Object.keys(answer.customAttributes);
}

describe('own stack', () => {
  function start(messages: string[] = []) {
    return startOwnStack({
      storeUrl: 'file:///store',
      slots: 3,
      paths: mipnetPaths(env),
      env,
      onMessage: (line) => messages.push(line),
      workerProgram: dummyWorker,
    });
  }

  it('knows the search attributes, remembers runs for a week, serves its UI, tells workers where everything is, and leaves nothing behind', async () => {
    const stack = await start();
    expect(await searchAttributes(stack.address)).toEqual(
      expect.arrayContaining(searchAttributeTypes.map(({ name }) => name)),
    );
    expect((await fetch(stack.uiUrl!)).status).toBe(200);
    const { config } = await withConnection(stack.address, (connection) =>
      connection.workflowService.describeNamespace({ namespace: 'default' }),
    );
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(7 * 86_400);
    const told = { address: stack.address, namespace: 'default', store: 'file:///store' };
    for (const [role, slots] of [
      ['orchestrator', '2'],
      ['solver', '3'],
    ]) {
      await vi.waitFor(async () => {
        const line = (await readFile(join(stack.log, `${role}.log`), 'utf8')).trim();
        expect(JSON.parse(line)).toEqual({ ...told, args: ['--role', role, '--slots', slots, '--with-parent'] });
      }, 120_000);
    }
    const pids = Object.values(stack.pids) as number[];
    expect(pids).toHaveLength(3);
    await stack.stop();
    expect(pids.filter(isAlive)).toEqual([]);
    expect(await readFile(join(stack.log, 'orchestrator.log'), 'utf8')).toContain('leaving: asked');
    await expect(Connection.connect({ address: stack.address, connectTimeout: 500 })).rejects.toThrow();
  });

  it('teaches a database made without them the search attributes', async () => {
    const database = join(mipnetPaths(env).data, 'stack', 'temporal.db');
    await mkdir(dirname(database), { recursive: true });
    const port = await getPort({ host: '127.0.0.1' });
    const plain = spawn(
      binary,
      ['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port), '--db-filename', database],
      { stdio: 'ignore' },
    );
    await vi.waitFor(async () => expect(await searchAttributes(`127.0.0.1:${port}`)).not.toContain('MipnetGap'), {
      timeout: 120_000,
      interval: 200,
    });
    plain.kill('SIGTERM');
    await once(plain, 'exit');
    const stack = await start();
    try {
      expect(await searchAttributes(stack.address)).toEqual(
        expect.arrayContaining(searchAttributeTypes.map(({ name }) => name)),
      );
    } finally {
      await stack.stop();
    }
  });

  it('brings a killed server back on the same address, and a second stack keeps out of its database', async () => {
    const messages: string[] = [];
    const stack = await start(messages);
    const second = await start();
    try {
      expect(second.address).not.toBe(stack.address);
      expect(second.log).not.toBe(stack.log);
      const killed = stack.pids.temporal!;
      process.kill(killed, 'SIGKILL');
      await vi.waitFor(() => expect(stack.pids.temporal ?? killed).not.toBe(killed), 120_000);
      await vi.waitFor(async () => expect(await searchAttributes(stack.address)).toContain('MipnetGap'), {
        timeout: 120_000,
        interval: 200,
      });
      expect(messages).toEqual([expect.stringMatching(/^the Temporal server was ended by SIGKILL/)]);
    } finally {
      await Promise.all([stack.stop(), second.stop()]);
    }
  });

  it('goes down with a parent that is killed the hard way', async () => {
    const holder = spawn(process.execPath, [fixture('hold-stack.mjs'), dummyWorker], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((resolve) =>
      createInterface({ input: holder.stdout }).once('line', resolve),
    );
    const { address, pids } = JSON.parse(line) as { address: string; pids: Record<string, number> };
    expect(Object.values(pids).filter(isAlive)).toHaveLength(3);
    holder.kill('SIGKILL');
    await vi.waitFor(() => expect(Object.values(pids).filter(isAlive)).toEqual([]), {
      timeout: 120_000,
      interval: 100,
    });
    await expect(Connection.connect({ address, connectTimeout: 500 })).rejects.toThrow();
  });

  it('fails with the end of the log when the program is not a server', async () => {
    env.MIPNET_TEMPORAL_BIN = '/bin/false';
    await expect(start()).rejects.toMatchObject({
      name: 'StackError',
      code: 'server',
      message: expect.stringContaining('exit code 1'),
    });
  });
});

describe('up and down', () => {
  const messages: string[] = [];
  function goUp() {
    return up({
      storeUrl: 'file:///kept',
      slots: 1,
      workerProgram: dummyWorker,
      env,
      onMessage: (line) => messages.push(line),
    });
  }

  it('keeps a stack that other commands use and leave alone, until down', async () => {
    const first = await goUp();
    expect(first.started).toBe(true);
    expect(await goUp()).toEqual({ kept: first.kept, started: false });

    const stack = await startStack({
      storeUrl: 'file:///kept',
      slots: 1,
      onMessage: (line) => messages.push(line),
      env,
    });
    expect(stack).toMatchObject({ kind: 'kept', address: first.kept.address, storeUrl: 'file:///kept' });
    await stack.stop();
    expect(await searchAttributes(first.kept.address)).toContain('MipnetSplit');

    const paths = mipnetPaths(env);
    expect(await down({ paths, onMessage: () => {} })).toBe('stopped');
    expect(isAlive(first.kept.pid)).toBe(false);
    await expect(Connection.connect({ address: first.kept.address, connectTimeout: 500 })).rejects.toThrow();
    expect(await down({ paths, onMessage: () => {} })).toBe('not-running');
  });

  it('starts anew after the keeper was killed', async () => {
    const { kept } = await goUp();
    process.kill(kept.pid, 'SIGKILL');
    await vi.waitFor(() => expect(isAlive(kept.pid)).toBe(false), 120_000);
    const again = await goUp();
    expect(again.started).toBe(true);
    expect(again.kept.pid).not.toBe(kept.pid);
  });

  it('reports why the stack cannot start', async () => {
    env.MIPNET_TEMPORAL_BIN = '/nowhere/temporal';
    await expect(goUp()).rejects.toMatchObject({
      code: 'no-binary',
      message: expect.stringContaining('/nowhere/temporal'),
    });
  });

  it('refuses to start a second server beside the one the environment names', async () => {
    env.TEMPORAL_ADDRESS = 'cluster:7233';
    await expect(goUp()).rejects.toMatchObject({
      code: 'environment',
      message: expect.stringContaining('cluster:7233'),
    });
  });
});
