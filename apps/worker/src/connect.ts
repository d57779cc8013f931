// Tested by worker-process.int.test.ts.
import { setTimeout as pause } from 'node:timers/promises';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, type Logger, type NativeConnectionOptions } from '@temporalio/worker';
import { WorkerError } from './worker-error.js';

/** localhost may mean ::1, where a dev server does not listen. */
const defaultAddress = '127.0.0.1:7233';

/** A server that starts together with its workers may need a while. */
const patienceSeconds = 60;
const pauseMilliseconds = 500;

export interface ServerSettings {
  readonly connection: NativeConnectionOptions & { readonly address: string };
  readonly namespace: string;
}

/** The standard TEMPORAL_* variables and the `temporal` tool's profile file: address, namespace, TLS, API key. */
export function serverSettings(): ServerSettings {
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig();
    return {
      connection: { ...connectionOptions, address: connectionOptions.address ?? defaultAddress },
      namespace: namespace ?? 'default',
    };
  } catch (cause) {
    const message =
      'the settings of the Temporal server cannot be read (TEMPORAL_* variables, ' +
      `TEMPORAL_CONFIG_FILE): ${(cause as Error).message}`;
    throw new WorkerError('bad-input', message, { cause });
  }
}

/** @throws WorkerError 'no-server' after a minute without an answer */
export async function connect({ connection }: ServerSettings, logger: Logger): Promise<NativeConnection> {
  const deadline = Date.now() + patienceSeconds * 1000;
  for (let attempt = 1; ; attempt++) {
    try {
      return await NativeConnection.connect(connection);
    } catch (cause) {
      const { address } = connection;
      if (Date.now() >= deadline) {
        const message =
          `no Temporal server answers at ${address} for ${patienceSeconds} s; start one, or ` + 'set TEMPORAL_ADDRESS';
        throw new WorkerError('no-server', message, { cause });
      }
      if (attempt === 1)
        logger.warn(`no answer from the Temporal server at ${address} yet; trying for ${patienceSeconds} s`, {
          error: cause,
        });
      await pause(pauseMilliseconds);
    }
  }
}
