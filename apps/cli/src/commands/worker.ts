import { spawn } from 'node:child_process';
import { workerProgram } from '@mipnet/stack';
import { exitCode } from '../program/exit-code.js';
import { checkStorePlace, storePlace } from '@mipnet/stack';

export interface WorkerOptions {
  readonly role: 'orchestrator' | 'solver';
  readonly store?: string;
  readonly slots: number;
  /** URLs of the solvers it has; none: $MIPNET_SOLVERS, or the default one. */
  readonly solver: readonly string[];
}

/** `mipnet worker`: one worker process in the foreground; SIGTERM and Ctrl-C drain it. */
export async function workerCommand({ role, store, slots, solver }: WorkerOptions): Promise<number> {
  const storeUrl = storePlace(store);
  await checkStorePlace(storeUrl);
  const args = [
    '--role',
    role,
    '--slots',
    String(slots),
    '--store',
    storeUrl,
    ...solver.flatMap((url) => ['--solver', url]),
  ];
  const child = spawn(process.execPath, [workerProgram, ...args], { stdio: 'inherit' });
  // Ctrl-C reaches the child through the terminal; a SIGTERM to this process must be passed on.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => void child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? exitCode.failed));
  });
}
