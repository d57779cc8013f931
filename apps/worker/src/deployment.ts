import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkerDeploymentOptions } from '@temporalio/worker';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * What a worker tells the server about its code, as a member of the deployment `deploymentName`. Runs are pinned: one
 * that began with a build ends with it, so that no workflow is replayed by code that decides differently. The server
 * gives new runs to the build that was made current (`temporal worker deployment set-current-version`).
 */
export function deploymentOptions(deploymentName: string): WorkerDeploymentOptions {
  return {
    version: { deploymentName, buildId: buildId() },
    useWorkerVersioning: true,
    defaultVersioningBehavior: 'PINNED',
  };
}

/** The version of the package and a hash of all compiled code that a worker may run: `0.1.0-1f0c9d2ab34e`. */
export function buildId(folder: string = root): string {
  const { version } = JSON.parse(readFileSync(join(folder, 'apps/worker/package.json'), 'utf8')) as { version: string };
  const hash = createHash('sha256');
  for (const file of compiledFiles(folder))
    hash.update(relative(folder, file)).update('\0').update(readFileSync(file)).update('\0');
  return `${version}-${hash.digest('hex').slice(0, 12)}`;
}

function compiledFiles(folder: string): readonly string[] {
  const rooms = readdirSync(join(folder, 'libs')).map((room) => join(folder, 'libs', room, 'dist'));
  const isCode = (name: string): boolean =>
    name.endsWith('.js') && !name.includes('.test.') && name !== 'workflow-bundle.js';
  return [join(folder, 'apps/worker/dist'), ...rooms]
    .filter((dist) => existsSync(dist))
    .flatMap((dist) => readdirSync(dist, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && isCode(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
