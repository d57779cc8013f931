import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { searchAttributeTypes } from '../search-attributes.js';

/**
 * The Temporal CLI for tests: $MIPNET_TEMPORAL_BIN, as `./mipnet test` sets it, else the newest that mipnet has kept.
 */
export function findTemporal(): string | undefined {
  if (process.env.MIPNET_TEMPORAL_BIN) return process.env.MIPNET_TEMPORAL_BIN;
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mipnet', 'bin');
  if (!existsSync(cache)) return undefined;
  const kept = readdirSync(cache).filter((file) => /^temporal-[\d.]+(-compiled)?$/.test(file));
  const newest = kept.sort().pop();
  return newest && join(cache, newest);
}

/**
 * A Temporal dev server in memory that knows mipnet's search attributes.
 * @param extraArgs of `temporal server start-dev`
 */
export function startTemporal(binary: string, extraArgs: readonly string[] = []): Promise<TestWorkflowEnvironment> {
  // Warnings of leaves that a test lets fail on purpose would drown its result.
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'ERROR' } } },
  });
  return TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: binary },
      searchAttributes: [...searchAttributeTypes],
      extraArgs: [...extraArgs],
    },
  });
}
