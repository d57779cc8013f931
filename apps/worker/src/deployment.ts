import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkerDeploymentOptions } from '@temporalio/worker';

/** Set by tools/package: the build of the code that a bundle was made of. */
declare const MIPNET_BUILD_ID: string | undefined;

const root = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * The build of a worker for the server, as a member of the deployment `deploymentName`. Runs are pinned: a run ends
 * with the build that it began with, so that no workflow is replayed by code that decides differently. The server gives
 * new runs to the build that was made current (`temporal worker deployment set-current-version`).
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
  if (typeof MIPNET_BUILD_ID !== 'undefined') return MIPNET_BUILD_ID;
  const { version } = manifestOf(join(folder, 'apps/worker'));
  const hash = createHash('sha256');
  for (const file of compiledFiles(folder))
    hash.update(relative(folder, file)).update('\0').update(readFileSync(file)).update('\0');
  return `${version}-${hash.digest('hex').slice(0, 12)}`;
}

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

/** The packages of this repository that a worker loads: packages that only the command needs are no part of a build. */
function packagesOf(folder: string): readonly string[] {
  const found = new Set<string>();
  const next = [join(folder, 'apps/worker')];
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    if (found.has(at)) continue;
    found.add(at);
    for (const name of Object.keys(manifestOf(at).dependencies ?? {}))
      if (name.startsWith('@mipnet/')) next.push(join(folder, 'libs', name.slice('@mipnet/'.length)));
  }
  return [...found];
}

function compiledFiles(folder: string): readonly string[] {
  const isCode = (name: string): boolean =>
    name.endsWith('.js') && !name.includes('.test.') && name !== 'workflow-bundle.js';
  return packagesOf(folder)
    .map((path) => join(path, 'dist'))
    .filter((dist) => existsSync(dist))
    .flatMap((dist) => readdirSync(dist, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && isCode(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
