// Tested by worker-process.int.test.ts.
import { setTimeout as pause } from 'node:timers/promises';
import { Runtime, Worker, type Logger } from '@temporalio/worker';
import type { OrchestratorActivities, SolverActivities } from '@mipnet/workflows';
import { connect, serverSettings } from './connect.js';
import { deploymentOptions } from './deployment.js';
import { createLogger } from './log.js';
import { freeLoopbackPort, hostAndPort, serveMetrics } from './metrics-endpoint.js';
import { WorkerMetrics } from './metrics.js';
import { readOptions, type WorkerProcessOptions } from './options.js';
import { watchParent } from './parent-watch.js';
import { settingsOfAll } from './role-settings.js';
import { WorkerError } from './worker-error.js';
import { workflowBundlePath } from './workflow-code.js';

/** The activities of a role, and a function that releases their threads and connections. */
export interface RoleActivities {
  readonly activities: OrchestratorActivities | SolverActivities;
  close(): Promise<void>;
}

export type CreateActivities = (options: WorkerProcessOptions, logger: Logger) => Promise<RoleActivities>;

/** Without a parent there is nobody to wait for. */
const orphanSeconds = 3;

/** A whole worker process, from its arguments to its exit code: 0 drained, 1 failed, 2 bad input. */
export async function workerMain(args: readonly string[], createActivities: CreateActivities): Promise<never> {
  const logger = createLogger();
  try {
    const options = readOptions(args);
    if (options.metrics) hostAndPort(options.metrics);
    const corePort = options.metrics ? await freeLoopbackPort() : undefined;
    installRuntime(options, corePort, logger);
    await runWorker(options, corePort, createActivities, logger);
    process.exit(0);
  } catch (error) {
    logger.error(error instanceof Error ? error.message : String(error), { error });
    process.exit(error instanceof WorkerError && error.code === 'bad-input' ? 2 : 1);
  }
}

function installRuntime({ withParent }: WorkerProcessOptions, corePort: number | undefined, logger: Logger): void {
  // Ctrl-C reaches every process of a terminal: a parent stops its run first and ends its workers itself.
  if (withParent) process.on('SIGINT', () => logger.info('interrupt left to the parent process'));
  Runtime.install({
    logger,
    shutdownSignals: withParent ? ['SIGTERM'] : ['SIGINT', 'SIGTERM'],
    telemetryOptions: {
      logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } },
      ...(corePort === undefined
        ? {}
        : {
            metrics: {
              prometheus: {
                bindAddress: `127.0.0.1:${corePort}`,
                countersTotalSuffix: true,
                useSecondsForDurations: true,
              },
            },
          }),
    },
  });
}

/** Polls until a signal asks it to drain. Says `ready` on stdout when polling has begun. */
async function runWorker(
  options: WorkerProcessOptions,
  corePort: number | undefined,
  createActivities: CreateActivities,
  logger: Logger,
): Promise<void> {
  let end = (): void => process.exit(1);
  if (options.withParent) {
    watchParent(() => {
      logger.warn('the parent process has ended, so this worker does too');
      end();
    });
  }
  const settings = serverSettings();
  const metrics = new WorkerMetrics(options);
  let state = (): string => 'STARTING';
  if (options.metrics && corePort !== undefined) {
    const health = () => ({
      healthy: state() === 'RUNNING' || state() === 'DRAINING',
      state: state(),
      busy: metrics.busy,
      slots: options.slots,
    });
    const url = await serveMetrics({ listen: options.metrics, registry: metrics.registry, corePort, health });
    logger.info(`metrics at ${url}/metrics, health at ${url}/healthz`);
  }
  const { activities, close } = await createActivities(options, logger);
  const connection = await connect(settings, logger);
  const workflows =
    options.role === 'orchestrator' ? { workflowBundle: { codePath: await workflowBundlePath(logger) } } : {};
  const workers = await Promise.all(
    settingsOfAll(options).map((settingsOfOne) =>
      Worker.create({
        connection,
        namespace: settings.namespace,
        activities,
        ...workflows,
        ...settingsOfOne,
        interceptors: { activity: [metrics.interceptor] },
        ...(options.deployment ? { workerDeploymentOptions: deploymentOptions(options.deployment) } : {}),
      }),
    ),
  );
  // If one does not run, the process does not.
  state = () => workers.map((worker) => worker.getState()).find((one) => one !== 'RUNNING') ?? 'RUNNING';
  end = () => endSoon(workers);
  const running = Promise.all(workers.map((worker) => worker.run()));
  await Promise.race([running, announce(workers, options)]);
  await running;
  await close();
  await connection.close();
}

async function announce(workers: readonly Worker[], { role }: WorkerProcessOptions): Promise<void> {
  const polls = (worker: Worker): boolean => {
    const { hasOutstandingActivityPoll, hasOutstandingWorkflowPoll } = worker.getStatus();
    return hasOutstandingActivityPoll && (role === 'solver' || hasOutstandingWorkflowPoll);
  };
  while (!workers.every(polls)) await pause(10);
  process.stdout.write('ready\n');
}

function endSoon(workers: readonly Worker[]): void {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  setTimeout(() => process.exit(1), orphanSeconds * 1000);
}
