// Tested by own-stack.int.test.ts.
/**
 * The process behind `mipnet up`: holds a stack until SIGTERM. Started by up.ts, which listens on the IPC channel until
 * the stack is ready and then ends.
 */
import { mipnetPaths } from './folders/paths.js';
import type { KeeperOptions, KeeperReport } from './up.js';
import { openKeeperControl } from './keeper-control.js';
import { forgetKeptStack, type KeptStack, rememberKeptStack } from './kept-stack.js';
import { startOwnStack } from './own-stack.js';
import { StackError } from './stack-error.js';

const options = JSON.parse(process.argv[2] ?? '{}') as KeeperOptions;
const paths = mipnetPaths();

function report(message: KeeperReport): void {
  if (process.connected) process.send?.(message);
}

function log(line: string): void {
  console.log(`${new Date().toISOString()} ${line}`);
}

/** Resolves on the first signal to end, even if it comes while the stack is still starting. */
const asked = new Promise<string>((resolve) => {
  process.on('SIGTERM', () => resolve('SIGTERM'));
  process.on('SIGINT', () => resolve('SIGINT'));
});
let ready = false;
// If `mipnet up` was interrupted, its stack is not needed.
process.on('disconnect', () => {
  if (!ready) process.kill(process.pid, 'SIGTERM');
});

async function keep(): Promise<number> {
  const control = await openKeeperControl();
  const stack = await startOwnStack({
    ...options,
    paths,
    env: process.env,
    onMessage: (line) => {
      log(line);
      report({ kind: 'message', line });
    },
  });
  const { address, namespace, uiUrl, storeUrl, log: logFolder } = stack;
  const kept: KeptStack = {
    pid: process.pid,
    controlPort: control.controlPort,
    token: control.token,
    address,
    namespace,
    uiUrl: uiUrl!,
    storeUrl,
    slots: options.slots,
    solvers: ['highs', ...(options.solvers ?? []).map((url) => url.split(':', 1)[0])],
    log: logFolder,
    startedAt: new Date().toISOString(),
  };
  await rememberKeptStack(paths, kept);
  ready = true;
  report({ kind: 'ready', kept });
  log(`keeping the stack at ${address}`);
  const reason = await Promise.race([asked, stack.broken]);
  log(reason instanceof StackError ? `giving up: ${reason.message}` : `stopping on ${reason}`);
  // The state file is removed first, so that no command starts work on a stack that is ending.
  await forgetKeptStack(paths);
  await stack.stop();
  control.close();
  log('stopped');
  return reason instanceof StackError ? 1 : 0;
}

keep().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const { code, message } = error instanceof StackError ? error : { code: 'server' as const, message: String(error) };
    log(message);
    if (!process.connected) process.exit(1);
    process.send!({ kind: 'failed', code, message } satisfies KeeperReport, () => process.exit(1));
  },
);
