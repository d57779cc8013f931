import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mipnetPaths, type Paths } from './folders/paths.js';
import { serverOfEnvironment } from './environment-server.js';
import { findKeptStack, type KeptStack } from './kept-stack.js';
import { waitForLock } from './folders/process-lock.js';
import { StackError, type StackErrorCode } from './stack-error.js';
import { privateFile, privateFolder } from './folders/private-folders.js';
import { logTail } from './supervised-process.js';
import { mipnetCommand } from '@mipnet/text';

export interface KeeperOptions {
  readonly storeUrl: string;
  /** MIPs solved at once. */
  readonly slots: number;
  /** URLs of solvers that its workers have besides the default one. */
  readonly solvers?: readonly string[];
  /** Replaced in tests. @default apps/worker/dist/main.js */
  readonly workerProgram?: string;
}

/** Messages of the keeper to `mipnet up` while it starts. */
export type KeeperReport =
  | { readonly kind: 'message'; readonly line: string }
  | { readonly kind: 'ready'; readonly kept: KeptStack }
  | { readonly kind: 'failed'; readonly code: StackErrorCode; readonly message: string };

export interface UpOptions extends KeeperOptions {
  readonly onMessage: (line: string) => void;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Starts a stack that keeps running after this command, or finds the running one.
 * @throws StackError 'environment' if the environment names a Temporal server: then there is nothing to start.
 */
export async function up(options: UpOptions): Promise<{ readonly kept: KeptStack; readonly started: boolean }> {
  const { storeUrl, slots, solvers, workerProgram, onMessage, env = process.env } = options;
  const paths = mipnetPaths(env);
  const named = serverOfEnvironment(env);
  if (named)
    throw new StackError(
      'environment',
      `the environment names the Temporal server ${named.address}, so there is no stack to start here: ` +
        `run "${mipnetCommand('worker')}" to work for it, or unset TEMPORAL_ADDRESS.`,
    );
  const lock = await waitForLock(join(paths.data, 'up.lock'), (owner) =>
    onMessage(`waiting for process ${owner}, which is starting the stack`),
  );
  try {
    const running = await findKeptStack(paths);
    if (running) return { kept: running, started: false };
    return {
      kept: await startKeeper({ storeUrl, slots, solvers, workerProgram }, paths, env, onMessage),
      started: true,
    };
  } finally {
    await lock.release();
  }
}

/** The list of runs in the Temporal UI, without the parts of their trees. */
const runsPage = ({ uiUrl, namespace }: KeptStack): string =>
  `${uiUrl}/namespaces/${namespace}/workflows?query=${encodeURIComponent('`ParentWorkflowId` is null')}`;

/** For the user: the addresses of the stack and how to stop it. */
export function describeKept(kept: KeptStack): string {
  return [
    `Temporal  ${kept.address} (namespace ${kept.namespace})`,
    `UI        ${kept.uiUrl}`,
    `Runs      ${runsPage(kept)}`,
    `Store     ${kept.storeUrl}`,
    `Slots     ${kept.slots}`,
    ...(kept.solvers ? [`Solvers   ${kept.solvers.join(', ')}`] : []),
    `Logs      ${kept.log}`,
    `Stop it with: ${mipnetCommand('down')}`,
  ].join('\n');
}

function startKeeper(
  options: KeeperOptions,
  paths: Paths,
  env: NodeJS.ProcessEnv,
  onMessage: (line: string) => void,
): Promise<KeptStack> {
  mkdirSync(paths.log, { recursive: true, mode: privateFolder });
  const logFile = join(paths.log, 'keeper.log');
  const log = openSync(logFile, 'a', privateFile);
  const program = fileURLToPath(new URL('./keeper.js', import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    env,
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  return new Promise((resolve, reject) => {
    const leave = (then: () => void): void => {
      child.removeAllListeners();
      if (child.connected) child.disconnect();
      child.unref();
      then();
    };
    child.on('message', (message: KeeperReport) => {
      if (message.kind === 'message') onMessage(message.line);
      else if (message.kind === 'ready') leave(() => resolve(message.kept));
      else leave(() => reject(new StackError(message.code, message.message)));
    });
    child.once('error', (error) =>
      leave(() =>
        reject(new StackError('server', `the stack's keeper could not be started: ${error.message}`, { cause: error })),
      ),
    );
    child.once('exit', () =>
      leave(() =>
        reject(
          new StackError(
            'server',
            `the stack's keeper ended while starting. Its log ${logFile} ends with:\n${logTail(logFile)}`,
          ),
        ),
      ),
    );
  });
}
