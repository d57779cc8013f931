// Tested by ../e2e/autoscale.e2e.test.ts.
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import {
  autoscale,
  Endpoint,
  ExternalScaler,
  KubernetesDeployment,
  LocalProcesses,
  NoProvider,
  temporalDemand,
  type Provider,
  type ScalingStatus,
} from '@mipnet/autoscaler';
import { checkSolvers, solversByName } from '@mipnet/solver';
import { exitCode } from '../program/exit-code.js';
import { mipnetPaths } from '@mipnet/stack/folders';
import { down, connectTo, serverOfEnvironment, findKeptStack, up, workerProgram } from '@mipnet/stack';
import { say } from '../terminal/say.js';
import { checkStorePlace, storePlace } from '@mipnet/stack';

export interface AutoscaleOptions {
  /** Who starts the workers: this command, a Kubernetes deployment, or the reader of the endpoint. */
  readonly provider: 'local' | 'kubernetes' | 'none';
  readonly min: number;
  readonly max: number;
  /** MIPs one worker solves at once. */
  readonly slots: number;
  /** URLs of the solvers that its workers have; none: the default one. */
  readonly solver: readonly string[];
  /** Pause between two looks, seconds. */
  readonly interval: number;
  /** Seconds for which there must be too many workers before one drains. */
  readonly coolDown: number;
  /** `HOST:PORT`, or `off`. */
  readonly listen: string;
  /** `HOST:PORT` for KEDA's external scaler interface, or `off`. */
  readonly grpc: string;
  readonly store?: string;
  /** Kubernetes only. */
  readonly deployment: string;
  /** Kubernetes only. @default that of the pod or of the current context */
  readonly namespace?: string;
}

interface Server {
  readonly address: string;
  readonly namespace: string;
  readonly storeUrl: string;
  /** Ends what was started for this command. */
  stop(): Promise<void>;
}

/** `mipnet autoscale`: keeps as many solver workers as the queue needs until Ctrl-C or SIGTERM, then drains its own. */
export async function autoscaleCommand(options: AutoscaleOptions): Promise<number> {
  const stop = stopOnSignal();
  const server = await findServer(options);
  const connection = await connectTo(server.address);
  try {
    const client = new Client({ connection, namespace: server.namespace });
    const demand = temporalDemand({ client, ...namesOf(options.solver) });
    const { provider, hurry } = await openProvider(options, server);
    stop.second = hurry;
    const { min, max, slots: slotsPerWorker, coolDown, interval } = options;
    const staleAfter = 10 * interval + 30;
    const endpoint = new Endpoint({ listen: options.listen, slotsPerWorker, staleAfter });
    const scaler = new ExternalScaler({ listen: options.grpc, staleAfter });
    if (options.listen !== 'off') say(`demand at ${await endpoint.listen()}/metrics/desired`);
    if (options.grpc !== 'off') say(`KEDA's external scaler interface at ${await scaler.listen()}`);
    const told = tellChanges();
    await autoscale({
      rules: { min, max, slotsPerWorker, coolDown },
      demand,
      provider,
      interval,
      signal: stop.signal,
      onStatus: (status) => (endpoint.show(status), scaler.show(status), told(status)),
      onError: (error) => (endpoint.showError(), say(error.message)),
    });
    await Promise.all([endpoint.close(), scaler.close()]);
    return exitCode.done;
  } finally {
    await connection.close();
    await server.stop();
  }
}

const namesOf = (solvers: readonly string[]): { readonly solvers?: readonly string[] } =>
  solvers.length === 0 ? {} : { solvers: [...solversByName(solvers).keys()] };

/**
 * The environment's server, else the one that `mipnet up` keeps, else a new one whose only solvers are the
 * autoscaler's.
 */
async function findServer({ store }: AutoscaleOptions): Promise<Server> {
  const storeUrl = storePlace(store);
  await checkStorePlace(storeUrl);
  const leaveAlone = async (): Promise<void> => undefined;
  const named = serverOfEnvironment();
  if (named) return { ...named, storeUrl, stop: leaveAlone };
  const kept = await findKeptStack(mipnetPaths());
  if (kept) return { ...kept, stop: leaveAlone };
  const { kept: begun, started } = await up({ storeUrl, slots: 0, onMessage: say });
  say(`Temporal UI at ${begun.uiUrl}`);
  return { ...begun, stop: started ? async () => void (await down({ onMessage: say })) : leaveAlone };
}

async function openProvider(
  { provider, slots, solver, deployment, namespace }: AutoscaleOptions,
  server: Server,
): Promise<{ provider: Provider; hurry: () => void }> {
  const nothing = (): void => undefined;
  if (provider === 'none') return { provider: new NoProvider(), hurry: nothing };
  if (provider === 'kubernetes')
    return { provider: await KubernetesDeployment.connect({ deployment, namespace }), hurry: nothing };
  await checkSolvers(solver);
  const env = {
    ...process.env,
    TEMPORAL_ADDRESS: server.address,
    TEMPORAL_NAMESPACE: server.namespace,
    MIPNET_STORE: server.storeUrl,
  };
  const local = new LocalProcesses({
    program: workerProgram,
    slots,
    solvers: solver,
    env,
    log: join(mipnetPaths().log, 'autoscale'),
    onMessage: say,
  });
  return { provider: local, hurry: () => local.hurry() };
}

/** One line per change. */
function tellChanges(): (status: ScalingStatus) => void {
  let drainingBefore = 0;
  return ({ backlog, inFlight, target, change, draining }) => {
    const why = `${backlog} waiting, ${inFlight} in flight`;
    if (change > 0) say(`workers ${target - change} -> ${target}: ${why}`);
    if (change < 0) say(`workers ${target - change} -> ${target}: ${why}; ${-change} idle drained`);
    if (draining === 0 && drainingBefore > 0) say('all drained workers have ended');
    drainingBefore = draining;
  };
}

/** The first signal drains; the second one gives the leaves in flight back within seconds. */
function stopOnSignal(): { readonly signal: AbortSignal; second: () => void } {
  const controller = new AbortController();
  const stop = { signal: controller.signal, second: (): void => process.exit(exitCode.failed) };
  const handler = (): void => {
    if (controller.signal.aborted) stop.second();
    else {
      say('draining: workers finish their solves; press Ctrl-C again to return them at once');
      controller.abort();
    }
  };
  process.on('SIGINT', handler);
  process.on('SIGTERM', handler);
  return stop;
}
