import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isAlive } from './folders/process-lock.js';
import type { StackError } from './stack-error.js';
import { SupervisedProcess } from './supervised-process.js';

let folder: string;
let supervised: SupervisedProcess | undefined;
let messages: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mipnet-supervised-'));
  messages = [];
});
afterEach(async () => {
  await supervised?.stop(100);
  await rm(folder, { recursive: true, force: true });
});

function supervise(
  script: string,
  onGiveUp: (error: StackError) => void = (error) => messages.push(error.message),
): SupervisedProcess {
  return (supervised = new SupervisedProcess(
    {
      name: 'dummy worker',
      command: process.execPath,
      args: ['-e', script],
      env: process.env,
      logFile: join(folder, 'log', 'dummy.log'),
      errorCode: 'worker',
    },
    { onMessage: (line) => messages.push(line), onGiveUp, quickDeaths: 3, quickDeathMs: 600_000, restartDelayMs: 10 },
  ));
}

const FOREVER = 'console.log("up", process.pid); setInterval(() => {}, 1000)';

async function untilUp(process: SupervisedProcess): Promise<number> {
  const log = join(folder, 'log', 'dummy.log');
  await vi.waitFor(async () => expect(await readFile(log, 'utf8')).toContain(`up ${process.pid}\n`), 120_000);
  return process.pid!;
}

describe('supervised process', () => {
  it('is started again after kill -9, says so, and is not after stop', async () => {
    const dummy = supervise(FOREVER);
    const first = await untilUp(dummy);
    process.kill(first, 'SIGKILL');
    await vi.waitFor(() => expect(dummy.restarts).toBe(1), 120_000);
    const second = await untilUp(dummy);
    expect(second).not.toBe(first);
    expect(messages).toEqual(['the dummy worker was ended by SIGKILL; starting it again']);
    await dummy.stop(5_000);
    expect(isAlive(second)).toBe(false);
    expect(dummy.pid).toBeUndefined();
    expect(dummy.restarts).toBe(1);
  });

  it('is never given up for being killed, however often', async () => {
    const dummy = supervise(FOREVER);
    for (let death = 1; death <= 5; death++) {
      process.kill(await untilUp(dummy), 'SIGKILL');
      await vi.waitFor(() => expect(dummy.restarts).toBe(death), 120_000);
    }
    await untilUp(dummy);
    expect(messages).toHaveLength(5);
  });

  it('is killed when it does not heed SIGTERM in time', async () => {
    const deaf = supervise(`process.on('SIGTERM', () => {}); ${FOREVER}`);
    const pid = await untilUp(deaf);
    const started = Date.now();
    await deaf.stop(300);
    expect(Date.now() - started).toBeGreaterThanOrEqual(290);
    expect(isAlive(pid)).toBe(false);
  });

  it('is given up after several quick deaths, with the end of its log', async () => {
    const error = await new Promise<StackError>((resolve) =>
      supervise('console.error("no licence"); process.exit(3)', resolve),
    );
    expect(error).toMatchObject({ name: 'StackError', code: 'worker' });
    expect(error.message).toMatch(/dummy worker ended with exit code 3, 3 times in a row[^]*no licence/);
    expect(messages).toHaveLength(2);
  });
});
