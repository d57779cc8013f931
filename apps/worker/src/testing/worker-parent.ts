// A process that starts a worker and then does nothing: for tests of the worker after this process is killed.
import { spawn } from 'node:child_process';

const [main, ...args] = process.argv.slice(2);
const worker = spawn(process.execPath, [main, ...args, '--with-parent'], { stdio: ['ignore', 'pipe', 'inherit'] });
worker.stdout.once('data', () => process.stdout.write(`${worker.pid}\n`));
setInterval(() => undefined, 60_000);
