import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findVersitygw } from './versitygw-binary.js';

/** A running S3 server with a temporary folder. It has no bucket yet; clients must use path-style addresses. */
export interface Versitygw {
  /** http://127.0.0.1:port */
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Each bucket is a folder in here, each object a file. */
  readonly folder: string;
  /** kill -9, and after a moment the same server again: same address, same folder. */
  crash(downMilliseconds: number): Promise<void>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

const START_SECONDS = 20;

/**
 * Starts versitygw on a free loopback port and waits until it answers. It ends with this process at the latest.
 * @param options.accounts whether it has accounts beside its root account; they are made by `versitygw admin`
 */
export async function startVersitygw(options: { readonly accounts?: boolean } = {}): Promise<Versitygw> {
  const binary = await findVersitygw();
  const folder = await mkdtemp(join(tmpdir(), 'mipnet-versitygw-'));
  const accounts = options.accounts ? await mkdtemp(join(tmpdir(), 'mipnet-versitygw-accounts-')) : undefined;
  const accessKey = 'mipnet-test';
  const secretKey = randomBytes(20).toString('hex');
  // Between finding a free port and listening on it another process may take it.
  for (let attempt = 1; ; attempt++) {
    const address = `127.0.0.1:${await freePort()}`;
    const said: string[] = [];
    const start = (): ChildProcess => {
      const program = spawn(
        binary,
        ['--port', address, '--quiet', ...(accounts ? ['--iam-dir', accounts] : []), 'posix', folder],
        {
          env: { ...process.env, ROOT_ACCESS_KEY: accessKey, ROOT_SECRET_KEY: secretKey },
          stdio: ['ignore', 'ignore', 'pipe'],
        },
      );
      program.stderr.on('data', (text: Buffer) => said.push(text.toString()));
      return program;
    };
    let server = start();
    const killAtExit = () => server.kill('SIGKILL');
    process.once('exit', killAtExit);
    const stop = async () => {
      process.removeListener('exit', killAtExit);
      await end(server);
      await rm(folder, { recursive: true, force: true });
      if (accounts) await rm(accounts, { recursive: true, force: true });
    };
    const endpoint = `http://${address}`;
    const crash = async (downMilliseconds: number): Promise<void> => {
      const gone = once(server, 'exit');
      server.kill('SIGKILL');
      await gone;
      await pause(downMilliseconds);
      server = start();
      if (!(await answers(server, endpoint)))
        throw new Error(`versitygw does not answer on ${address} after its crash: ${said.join('').trim()}`);
    };
    if (await answers(server, endpoint)) return { endpoint, accessKey, secretKey, folder, crash, stop };
    if (attempt === 3) {
      await stop();
      throw new Error(
        `versitygw (${binary}) does not answer on ${address}: ${said.join('').trim() || 'it said nothing'}`,
      );
    }
    process.removeListener('exit', killAtExit);
    await end(server);
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return address.port;
}

/** Any answer will do, an error of S3 too, as long as the process that gave it is ours. */
async function answers(server: ChildProcess, endpoint: string): Promise<boolean> {
  let failed = false;
  server.once('error', () => (failed = true));
  const deadline = Date.now() + START_SECONDS * 1000;
  while (Date.now() < deadline && !failed && server.exitCode === null) {
    const answered = await fetch(endpoint, { signal: AbortSignal.timeout(1000) }).then(
      () => true,
      () => false,
    );
    await pause(20);
    if (answered && server.exitCode === null) return true;
  }
  return false;
}

async function end(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  const patience = setTimeout(() => server.kill('SIGKILL'), 3000);
  await ended;
  clearTimeout(patience);
}
