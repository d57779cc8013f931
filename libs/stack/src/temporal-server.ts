// Tested by own-stack.int.test.ts.
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { prioritySettings } from '@mipnet/workflows';
import { msToTs } from '@temporalio/common/lib/time.js';
import { addMissingSearchAttributes, searchAttributeArguments } from './search-attributes.js';
import { LOCAL_HOST, reserveServerPorts } from './ports.js';
import { StackError } from './stack-error.js';
import type { StackFolder } from './stack-folder.js';
import { logTail, SupervisedProcess } from './supervised-process.js';

const NAMESPACE = 'default';
/** A busy machine may take long; a dead server is detected at once. */
const READY_SECONDS = 180;
/** After this time a message says what mipnet waits for. */
const SAY_AFTER_SECONDS = 20;
const PORT_ATTEMPTS = 3;
/** How long the server keeps ended runs; its own default is a day. */
const RETENTION_SECONDS = 7 * 86_400;

export interface TemporalServer {
  /** host:port for clients and workers. */
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string;
  /** Of the process to signal; the server program is its child. undefined while it is restarted. */
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

export interface TemporalServerOptions {
  readonly binary: string;
  readonly folder: StackFolder;
  readonly onMessage: (line: string) => void;
  /** The server was up and does not stay up. */
  readonly onGiveUp: (error: StackError) => void;
}

/**
 * Starts a Temporal dev server for this machine and waits until it answers. It is restarted on the same ports and
 * database when it dies, and ends with this process.
 * @throws StackError 'server' with the end of its log if it does not answer in three minutes.
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnFreePorts(options);
    } catch (error) {
      // Between choosing a port and binding it, another program can take it.
      const portTaken =
        error instanceof StackError && /address already in use|can't set frontend port|bind:/i.test(error.message);
      if (!portTaken || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

async function startOnFreePorts(options: TemporalServerOptions): Promise<TemporalServer> {
  const { binary, folder, onMessage } = options;
  const ports = await reserveServerPorts();
  const logFile = join(folder.log, 'temporal.log');
  const address = `${LOCAL_HOST}:${ports.frontend}`;
  let ready = false;
  let failure: StackError | undefined;
  const server = new SupervisedProcess(
    {
      name: 'Temporal server',
      command: process.execPath,
      args: [
        fileURLToPath(new URL('./leash.js', import.meta.url)),
        binary,
        ...serverArguments(folder.database, ports.frontend, ports.ui),
      ],
      env: withoutTemporalSettings(process.env),
      logFile,
      errorCode: 'server',
    },
    {
      onMessage: (line) => ready && onMessage(line),
      onGiveUp(error) {
        failure = error;
        if (ready) options.onGiveUp(error);
      },
      // The folder stays locked while the server lives, even if this process is killed before it.
      onStart: (pid) =>
        void folder.lock
          .handOver(pid)
          .catch((error: Error) => onMessage(`cannot keep ${folder.log} to this stack: ${error.message}`)),
      quickDeaths: 3,
    },
  );
  try {
    await untilReady(address, { failure: () => failure, logFile, onMessage });
  } catch (error) {
    await server.stop(1_000);
    throw error;
  } finally {
    await ports.release();
  }
  ready = true;
  return {
    address,
    namespace: NAMESPACE,
    uiUrl: `http://${LOCAL_HOST}:${ports.ui}`,
    get pid() {
      return server.pid;
    },
    stop: () => server.stop(10_000),
  };
}

function serverArguments(database: string, frontendPort: number, uiPort: number): string[] {
  return [
    'server',
    'start-dev',
    ...['--ip', LOCAL_HOST, '--port', String(frontendPort), '--ui-port', String(uiPort)],
    ...['--db-filename', database, '--namespace', NAMESPACE, '--log-level', 'error'],
    ...prioritySettings.flatMap((setting) => ['--dynamic-config-value', setting]),
    ...searchAttributeArguments(),
  ];
}

/**
 * The server program reads TEMPORAL_* as well; an incomplete profile must not change the address of mipnet's own
 * server.
 */
function withoutTemporalSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

/** Ready means that the namespace answers and has mipnet's search attributes, not only that the port is open. */
async function untilReady(
  address: string,
  {
    failure,
    logFile,
    onMessage,
  }: Pick<TemporalServerOptions, 'onMessage'> & {
    readonly failure: () => StackError | undefined;
    readonly logFile: string;
  },
): Promise<void> {
  const began = Date.now();
  const deadline = began + READY_SECONDS * 1000;
  let said = false;
  let last: unknown;
  while (Date.now() < deadline) {
    const failed = failure();
    if (failed) throw failed;
    try {
      await probe(address);
      return;
    } catch (error) {
      last = error;
    }
    if (!said && Date.now() > began + SAY_AFTER_SECONDS * 1000) {
      said = true;
      onMessage(`the Temporal server does not answer on ${address} yet; waiting for it, up to ${READY_SECONDS} s`);
    }
    await sleep(100);
  }
  throw new StackError(
    'server',
    `the Temporal server did not answer on ${address} in ${READY_SECONDS} s. Its log ${logFile} ends ` +
      `with:\n${logTail(logFile)}`,
    {
      cause: last,
    },
  );
}

async function probe(address: string): Promise<void> {
  // Loaded on demand: `mipnet runs` and others only ask whether a server is there.
  const { Connection } = await import('@temporalio/client');
  const connection = await Connection.connect({ address, connectTimeout: 5_000 });
  try {
    await connection.withDeadline(Date.now() + 5_000, async () => {
      const { config } = await connection.workflowService.describeNamespace({ namespace: NAMESPACE });
      if (Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) !== RETENTION_SECONDS) {
        await connection.workflowService.updateNamespace({
          namespace: NAMESPACE,
          config: { workflowExecutionRetentionTtl: msToTs(RETENTION_SECONDS * 1000) },
        });
      }
      await addMissingSearchAttributes(connection, NAMESPACE);
    });
  } finally {
    await connection.close();
  }
}
