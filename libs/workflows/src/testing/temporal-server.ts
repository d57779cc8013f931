import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { searchAttributeTypes } from '../search-attributes.js';

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The Temporal CLI for tests: $MIPNET_TEMPORAL_BIN, PATH, mipnet's cache. */
export function findTemporal(): string | undefined {
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mipnet', 'bin');
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''), cache];
  const candidates = [process.env.MIPNET_TEMPORAL_BIN, ...folders.map((folder) => join(folder, 'temporal'))];
  return candidates.find((file) => file !== undefined && isExecutable(file));
}

/**
 * A Temporal dev server in memory that knows mipnet's search attributes.
 * @param extraArgs of `temporal server start-dev`
 */
export function startTemporal(binary: string, extraArgs: readonly string[] = []): Promise<TestWorkflowEnvironment> {
  // Warnings of leaves that a test lets fail on purpose would drown its result.
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { forward: {}, filter: { core: 'ERROR' } } } });
  return TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path: binary }, searchAttributes: [...searchAttributeTypes], extraArgs: [...extraArgs] },
  });
}
