import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { defaultSolver, solversByName } from '@mipnet/solver';
import { orchestratorQueue } from '@mipnet/workflows';
import { WorkerError } from './worker-error.js';

export type Role = 'orchestrator' | 'solver';

export interface WorkerProcessOptions {
  readonly role: Role;
  /**
   * Threads: leaves that a solver solves at once, merges that an orchestrator does at once. @default the cores of this
   * machine for a solver, 2 for an orchestrator
   */
  readonly slots: number;
  /** URL of the object store: a folder, file:///folder or s3://bucket/prefix. @default $MIPNET_STORE */
  readonly store: string;
  /**
   * URLs of the solvers it has; leaves of other solvers are left to other workers.
   * @default $MIPNET_SOLVERS (with commas between), or highs
   */
  readonly solvers: readonly string[];
  /** Queue of the orchestrator; its solvers' queue is called the same with `-solver`. @default 'mipnet' */
  readonly queue: string;
  /**
   * Seconds that a leaf in flight gets to end by itself after SIGTERM, before another worker has to do it again.
   * @default 5
   */
  readonly grace: number;
  /**
   * Megabytes that one slot may use; a leaf that needs more fails its attempt, and the worker continues. @default
   * $MIPNET_MEMORY, or its share of the machine
   */
  readonly memory?: number;
  /** Where to serve metrics for Prometheus and a health check, `HOST:PORT`. @default $MIPNET_METRICS, or nowhere */
  readonly metrics?: string;
  /**
   * Name of the deployment whose build this worker is, for a server that keeps runs on the build they began with.
   * @default $MIPNET_DEPLOYMENT, or none
   */
  readonly deployment?: string;
  /** End with the parent process, which then handles Ctrl-C. */
  readonly withParent: boolean;
}

/** A merge may hold a large network and run it over all the data: few at once. */
const usualSlots = (role: Role): number => (role === 'solver' ? availableParallelism() : 2);

const usage =
  'main.js --role orchestrator|solver [--store URL] [--slots N] [--solver NAME[:PATH]]... [--queue NAME] ' +
  '[--grace SECONDS] [--memory MB] [--metrics HOST:PORT] [--deployment NAME] [--with-parent]';

/** @throws WorkerError 'bad-input' that names the option */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv = process.env): WorkerProcessOptions {
  const {
    role,
    store = env.MIPNET_STORE,
    slots,
    solver: solvers = commaSeparated(env.MIPNET_SOLVERS),
    queue,
    grace,
    memory = env.MIPNET_MEMORY,
    metrics,
    deployment,
    'with-parent': withParent,
  } = parse(args);
  if (role !== 'orchestrator' && role !== 'solver') throw refuse('--role', role, 'orchestrator or solver');
  if (!store) throw refuse('--store (or MIPNET_STORE)', store, 'a folder, file:///folder or s3://bucket/prefix');
  return {
    role,
    store,
    slots: slots === undefined ? usualSlots(role) : wholeNumber('--slots', slots, 1),
    solvers: solvers.length === 0 ? [defaultSolver] : knownSolvers(solvers),
    queue: queue ?? orchestratorQueue,
    grace: grace === undefined ? 5 : wholeNumber('--grace', grace, 0),
    memory: orNothing(memory) === undefined ? undefined : wholeNumber('--memory', memory!, 64),
    metrics: orNothing(metrics ?? env.MIPNET_METRICS),
    deployment: orNothing(deployment ?? env.MIPNET_DEPLOYMENT),
    withParent: withParent ?? false,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        role: text,
        store: text,
        slots: text,
        solver: { type: 'string', multiple: true },
        queue: text,
        grace: text,
        memory: text,
        metrics: text,
        deployment: text,
        'with-parent': { type: 'boolean' },
      },
    }).values;
  } catch (cause) {
    throw new WorkerError('bad-input', `${(cause as Error).message}; usage: ${usage}`, { cause });
  }
}

const commaSeparated = (text = ''): string[] => text.split(',').flatMap((part) => part.trim() || []);

/** Each solver once. */
function knownSolvers(urls: readonly string[]): readonly string[] {
  try {
    return [...solversByName(urls).values()];
  } catch (cause) {
    throw new WorkerError('bad-input', `--solver (or MIPNET_SOLVERS): ${(cause as Error).message}`, { cause });
  }
}

/** A variable set to nothing is as good as unset. */
const orNothing = (text: string | undefined): string | undefined => text || undefined;

function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least) throw refuse(option, text, `a whole number, ${least} or more`);
  return value;
}

const refuse = (option: string, given: string | undefined, wanted: string): WorkerError =>
  new WorkerError(
    'bad-input',
    `${option} is ${given === undefined ? 'missing' : `'${given}'`}: give ${wanted}; usage: ${usage}`,
  );
