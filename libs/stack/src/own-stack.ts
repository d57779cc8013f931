import type { Paths } from './folders/paths.js';
import type { Stack } from './stack.js';
import type { StackError } from './stack-error.js';
import { claimRunFolder, claimStackFolder } from './stack-folder.js';
import { findTemporal } from './temporal-binary.js';
import { startTemporalServer, type TemporalServer } from './temporal-server.js';
import { startWorkers, type WorkerProcesses } from './worker-processes.js';

export interface OwnStackOptions {
  readonly storeUrl: string;
  readonly slots: number;
  /** URLs of solvers that the workers have besides the default one. */
  readonly solvers?: readonly string[];
  readonly onMessage: (line: string) => void;
  readonly paths: Paths;
  readonly env: NodeJS.ProcessEnv;
  /** Folder of the stack's run, for its database and logs. @default one shared by kept stacks */
  readonly runFolder?: string;
  /** Replaced in tests. @default apps/worker/dist/main.js */
  readonly workerProgram?: string;
}

export interface OwnStack extends Stack {
  /** Folder of its log files. */
  readonly log: string;
  /** Ids of the running processes, by their program. */
  readonly pids: Readonly<Record<string, number | undefined>>;
}

/** Starts a Temporal server and workers for it as child processes; they end with stop(), or with this process. */
export async function startOwnStack(options: OwnStackOptions): Promise<OwnStack> {
  const { storeUrl, slots, solvers, onMessage, paths, env, runFolder } = options;
  const binary = await findTemporal({ env, bin: paths.bin, onMessage });
  const folder = await (runFolder === undefined ? claimStackFolder(paths) : claimRunFolder(runFolder));
  let onGiveUp!: (error: StackError) => void;
  const broken = new Promise<StackError>((resolve) => (onGiveUp = resolve));
  let server: TemporalServer;
  try {
    server = await startTemporalServer({ binary, folder, onMessage, onGiveUp });
  } catch (error) {
    await folder.lock.release();
    throw error;
  }
  const { address, namespace, uiUrl } = server;
  const workers: WorkerProcesses = startWorkers({
    address,
    namespace,
    storeUrl,
    slots,
    solvers,
    log: folder.log,
    onMessage,
    onGiveUp,
    program: options.workerProgram,
  });
  let stopped: Promise<void> | undefined;
  return {
    kind: 'own',
    address,
    namespace,
    uiUrl,
    storeUrl,
    broken,
    log: folder.log,
    get pids() {
      return { temporal: server.pid, ...workers.pids };
    },
    stop() {
      // Workers end first: they return their work to a server that still answers.
      stopped ??= workers
        .stop()
        .then(() => server.stop())
        .finally(() => folder.lock.release());
      return stopped;
    },
  };
}
