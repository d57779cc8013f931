import type { WorkerOptions } from '@temporalio/worker';
import { defaultSolver, parseSolverUrl } from '@mipnet/solver';
import { patientWorkflows, solverQueueOf } from '@mipnet/workflows';
import type { WorkerProcessOptions } from './options.js';

type RoleSettings = Omit<WorkerOptions, 'connection' | 'namespace' | 'activities' | 'workflowBundle'>;

/** A cancelled leaf returns its incumbent within this time, seconds; afterwards the process ends regardless. */
const handBackSeconds = 8;

/**
 * How the Temporal workers of a process are set up: one per solver, each with a queue of its own; an orchestrator needs
 * one.
 */
export function settingsOfAll(options: WorkerProcessOptions): readonly RoleSettings[] {
  if (options.role === 'orchestrator') return [roleSettings(options)];
  return options.solvers.map((url) => roleSettings(options, parseSolverUrl(url).name));
}

/** The defaults of the SDK are for many small activities. @param solver of a solver's queue */
function roleSettings(options: WorkerProcessOptions, solver: string = defaultSolver): RoleSettings {
  const common: RoleSettings = {
    taskQueue: options.queue,
    // A stop reaches the solver in the answer to a heartbeat.
    maxHeartbeatThrottleInterval: '2 seconds',
    defaultHeartbeatThrottleInterval: '2 seconds',
    shutdownGraceTime: options.grace * 1000,
    shutdownForceTime: (options.grace + handBackSeconds) * 1000,
  };
  if (options.role === 'solver') {
    return {
      ...common,
      taskQueue: solverQueueOf(options.queue, solver),
      maxConcurrentActivityTaskExecutions: options.slots,
      maxConcurrentActivityTaskPolls: 2,
    };
  }
  // A division may run beside the only merge. A few hundred workflows would fit in the cache in 400 MiB, but a round's
  // results stay in memory with its workflow.
  return {
    ...common,
    ...patientWorkflows,
    maxConcurrentActivityTaskExecutions: Math.max(2, options.slots),
    maxConcurrentWorkflowTaskExecutions: 4,
    maxConcurrentWorkflowTaskPolls: 2,
    maxCachedWorkflows: 100,
  };
}
