import { join } from 'node:path';
import { mipnetPaths, type Paths } from './folders/paths.js';
import { connectTo, serverOfEnvironment } from './environment-server.js';
import { findKeptStack, type KeptStack } from './kept-stack.js';
import { startOwnStack } from './own-stack.js';
import { waitForLock } from './folders/process-lock.js';
import type { Stack } from './stack.js';

export interface StartStackOptions {
  readonly storeUrl: string;
  /** MIPs solved at once by an own stack; the number of cores is right. */
  readonly slots: number;
  /** Progress for a person, one line at a time. */
  readonly onMessage: (line: string) => void;
  /** Of the run that the stack is for: where an own stack keeps its database and logs. */
  readonly runFolder?: string;
  readonly paths?: Paths;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * The stack to run on: the environment's server, else the one `mipnet up` keeps, else a new one.
 * @throws StackError 'no-binary' where no server program can be had, 'server' when it does not start, 'unreachable'
 * when the environment's server does not answer.
 */
export async function startStack(options: StartStackOptions): Promise<Stack> {
  const { storeUrl, slots, onMessage, runFolder, env = process.env, paths = mipnetPaths(env) } = options;
  const named = serverOfEnvironment(env);
  if (named) {
    await (await connectTo(named.address, env)).close();
    return { kind: 'environment', ...named, uiUrl: null, storeUrl, ...leftAlone };
  }
  const kept = (await findKeptStack(paths)) ?? (await stackBeingStarted(paths, onMessage));
  if (kept) {
    const { address, namespace, uiUrl } = kept;
    if (kept.storeUrl !== storeUrl)
      onMessage(`the running stack stores in ${kept.storeUrl}; that is used instead of ${storeUrl}`);
    return { kind: 'kept', address, namespace, uiUrl, storeUrl: kept.storeUrl, ...leftAlone };
  }
  return startOwnStack({ storeUrl, slots, onMessage, runFolder, paths, env });
}

/** `mipnet up` or `mipnet autoscale` may be about to have one: started a moment later, this command belongs on it. */
async function stackBeingStarted(paths: Paths, onMessage: (line: string) => void): Promise<KeptStack | undefined> {
  const lock = await waitForLock(join(paths.data, 'up.lock'), (owner) =>
    onMessage(`waiting for process ${owner}, which is starting the stack`),
  );
  await lock.release();
  return findKeptStack(paths);
}

const leftAlone: Pick<Stack, 'broken' | 'stop'> = {
  broken: new Promise<never>(() => {}),
  stop: async () => {},
};

/** Whether there is a server that stays when this command ends: the environment names one, or `mipnet up` keeps one. */
export const isServerThere = async (paths: Paths = mipnetPaths()): Promise<boolean> =>
  serverOfEnvironment() !== undefined || (await findKeptStack(paths)) !== undefined;
