// Tested by own-stack.int.test.ts.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StackError } from './stack-error.js';
import { type ProcessSpec, SupervisedProcess } from './supervised-process.js';

export interface WorkerProcessesOptions {
  /** host:port of the Temporal server. */
  readonly address: string;
  readonly namespace: string;
  readonly storeUrl: string;
  /** MIPs solved at once; 0 starts the orchestrator alone. */
  readonly slots: number;
  /** URLs of solvers that the solver process has besides the default one. */
  readonly solvers?: readonly string[];
  /** Folder of the log files. */
  readonly log: string;
  readonly onMessage: (line: string) => void;
  readonly onGiveUp: (error: StackError) => void;
  /** Replaced in tests. @default apps/worker/dist/main.js */
  readonly program?: string;
}

export interface WorkerProcesses {
  /** By role, for those running at the moment. */
  readonly pids: Readonly<Record<string, number | undefined>>;
  /** Lets every worker return its work, then ends it. */
  stop(): Promise<void>;
}

/** apps/worker, seen from libs/stack/dist. A process to start, not a module to import. */
export const workerProgram = fileURLToPath(new URL('../../../apps/worker/dist/main.js', import.meta.url));

/** Longer than a worker's own shutdown grace. */
const GRACE_MS = 15_000;

/** A merge of an orchestrator takes memory, and as little time as a few MIPs. */
const mostMergesAtOnce = 2;

/** Starts one orchestrator and one solver process and keeps them running until stop(). */
export function startWorkers(options: WorkerProcessesOptions): WorkerProcesses {
  const { onMessage, onGiveUp } = options;
  const roles = [
    { role: 'orchestrator', slots: Math.min(Math.max(1, options.slots), mostMergesAtOnce) },
    ...(options.slots > 0 ? [{ role: 'solver', slots: options.slots }] : []),
  ];
  const workers = roles.map(({ role, slots }) => ({
    role,
    process: new SupervisedProcess(workerSpec(role, slots, options), { onMessage, onGiveUp }),
  }));
  return {
    get pids() {
      return Object.fromEntries(workers.map((worker) => [worker.role, worker.process.pid]));
    },
    async stop() {
      await Promise.all(workers.map((worker) => worker.process.stop(GRACE_MS)));
    },
  };
}

function workerSpec(role: string, slots: number, options: WorkerProcessesOptions): ProcessSpec {
  const { address, namespace, storeUrl, log, solvers = [], program = workerProgram } = options;
  const having = role === 'solver' && solvers.length > 0 ? ['highs', ...solvers] : [];
  return {
    name: `${role} worker`,
    command: process.execPath,
    args: [
      program,
      '--role',
      role,
      '--slots',
      String(slots),
      '--with-parent',
      ...having.flatMap((solver) => ['--solver', solver]),
    ],
    env: { ...process.env, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, MIPNET_STORE: storeUrl },
    logFile: join(log, `${role}.log`),
    errorCode: 'worker',
  };
}
