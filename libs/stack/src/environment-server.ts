import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Connection } from '@temporalio/client';
import { StackError } from './stack-error.js';

/** A Temporal server that the environment names; mipnet does not run it. */
export interface EnvironmentServer {
  readonly address: string;
  readonly namespace: string;
}

/**
 * The server named by TEMPORAL_ADDRESS or by a profile of Temporal's configuration file (TEMPORAL_PROFILE,
 * TEMPORAL_CONFIG_FILE); undefined if neither names one. TLS and API key come from the same source.
 * @throws StackError 'environment' if the settings cannot be read.
 */
export function serverOfEnvironment(env: NodeJS.ProcessEnv = process.env): EnvironmentServer | undefined {
  const { connectionOptions, namespace } = connectConfig(env);
  const address = connectionOptions.address;
  return address ? { address, namespace: namespace ?? 'default' } : undefined;
}

/**
 * A connection to a stack's server, with the TLS and API key of the environment if the environment names that server.
 * @throws StackError 'unreachable' if it does not answer in time (10 s).
 */
export async function connectTo(
  address: string,
  env: NodeJS.ProcessEnv = process.env,
  patienceMs = 10_000,
): Promise<Connection> {
  const { connectionOptions } = connectConfig(env);
  const options = connectionOptions.address === address ? connectionOptions : { address };
  // Loaded on demand, as long as the rest of a short command.
  const { Connection } = await import('@temporalio/client');
  try {
    return await Connection.connect({ ...options, connectTimeout: patienceMs });
  } catch (error) {
    throw new StackError(
      'unreachable',
      `no Temporal server answers at ${address}. Check the address, or unset TEMPORAL_ADDRESS to let ` +
        'mipnet start its own.',
      { cause: error },
    );
  }
}

function connectConfig(env: NodeJS.ProcessEnv): ReturnType<typeof loadClientConnectConfig> {
  try {
    return loadClientConnectConfig({ overrideEnvVars: definedOnly(env) });
  } catch (error) {
    throw new StackError(
      'environment',
      `the Temporal settings (TEMPORAL_* variables or configuration file) cannot be used: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
