/**
 * `node leash.js PROGRAM ARGS...` runs a program that cannot watch its parent by itself: the program is stopped when
 * the process that started the leash has ended. Output and exit code pass through.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { onParentDeath } from './parent-death.js';

const GRACE_MS = 5_000;

const [program, ...args] = process.argv.slice(2);
if (program === undefined) throw new Error('usage: node leash.js PROGRAM ARGS...');

// The server's database holds every plan: only the owner may read its files.
process.umask(0o077);
const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });

function stop(): void {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
}

process.on('SIGTERM', stop);
process.on('SIGINT', stop);
onParentDeath(stop);

child.once('error', (error) => {
  console.error(`could not start ${program}: ${error.message}`);
  process.exit(127);
});
child.once('exit', (code, signal) => {
  process.exit(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
});
