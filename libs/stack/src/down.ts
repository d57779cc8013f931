import { setTimeout as sleep } from 'node:timers/promises';
import { mipnetPaths, type Paths } from './folders/paths.js';
import { findKeptStack, forgetKeptStack } from './kept-stack.js';
import { isAlive } from './folders/process-lock.js';

/** Longer than the workers and the server together take to end. */
const GRACE_MS = 40_000;

/** Stops the stack that `mipnet up` keeps and waits until it is gone. Nothing running is not an error. */
export async function down(options: {
  readonly paths?: Paths;
  readonly onMessage: (line: string) => void;
}): Promise<'stopped' | 'not-running'> {
  const { paths = mipnetPaths(), onMessage } = options;
  const kept = await findKeptStack(paths);
  if (!kept) return 'not-running';
  onMessage(`stopping the stack at ${kept.address}; its workers hand their work back first`);
  process.kill(kept.pid, 'SIGTERM');
  const deadline = Date.now() + GRACE_MS;
  while (isAlive(kept.pid) && Date.now() < deadline) await sleep(50);
  if (isAlive(kept.pid)) {
    onMessage(`process ${kept.pid} did not leave in ${GRACE_MS / 1000} s and is killed; its children follow it`);
    process.kill(kept.pid, 'SIGKILL');
  }
  await forgetKeptStack(paths);
  return 'stopped';
}
