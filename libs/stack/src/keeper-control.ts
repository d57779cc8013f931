import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isAlive } from './folders/process-lock.js';
import { LOCAL_HOST } from './ports.js';

export interface KeeperControl {
  readonly controlPort: number;
  readonly token: string;
  close(): void;
}

/** Answers 'are you the keeper?' on this machine with this process's id, if the caller knows the token. */
export async function openKeeperControl(): Promise<KeeperControl> {
  const token = randomBytes(24).toString('hex');
  const expected = Buffer.from(`Bearer ${token}`);
  const server = createServer((request, response) => {
    const given = Buffer.from(request.headers.authorization ?? '');
    const known = given.length === expected.length && timingSafeEqual(given, expected);
    response.writeHead(known ? 200 : 403, { 'content-type': 'application/json', connection: 'close' });
    response.end(known ? JSON.stringify({ pid: process.pid }) : '{}');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, LOCAL_HOST, resolve);
  });
  return { controlPort: (server.address() as AddressInfo).port, token, close: () => server.close() };
}

/** The machine may be so busy that a keeper, or the command that asks, gets no processor for this long. */
const patienceMs = 60_000;

/**
 * The keeper's process id, or undefined if no keeper with this token answers: at once if its process is gone or its
 * port is closed.
 */
export async function askKeeper(kept: {
  readonly pid: number;
  readonly controlPort: number;
  readonly token: string;
}): Promise<number | undefined> {
  if (!isAlive(kept.pid)) return undefined;
  try {
    const response = await fetch(`http://${LOCAL_HOST}:${kept.controlPort}/`, {
      headers: { authorization: `Bearer ${kept.token}` },
      signal: AbortSignal.timeout(patienceMs),
    });
    if (!response.ok) return undefined;
    const { pid } = (await response.json()) as { pid?: unknown };
    return typeof pid === 'number' ? pid : undefined;
  } catch {
    return undefined;
  }
}
