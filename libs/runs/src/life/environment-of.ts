// Tested by environment-of.int.test.ts.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { RunEnvironment } from '../records/run-request.js';
import type { RunServer } from '../server/run-server.js';

/** Set by the build of the npm package, which may lie in a checkout of something else. */
declare const MIPNET_PROGRAM: readonly string[] | undefined;

/** The versions and the machine that a report names. What cannot be found out is left out, and fails nothing. */
export async function environmentOf(slots: number, server: Pick<RunServer, 'version'> | null): Promise<RunEnvironment> {
  const [commit, temporal] = await Promise.all([checkedOutCommit(), server?.version() ?? null]);
  const [cpu] = cpus();
  const model = cpu?.model.trim().replace(/\s+/g, ' ');
  return {
    mipnet: `${packageVersion() ?? 'unknown version'}${commit === undefined ? '' : ` (commit ${commit})`}`,
    node: process.versions.node,
    machine:
      `${type()} ${release()} ${process.arch}, ${cpus().length} cores${model ? ` of ${model}` : ''}, ` +
      `${(totalmem() / 2 ** 30).toFixed(0)} GB`,
    temporal,
    slots,
  };
}

/** The nearest package file above this one: of this package, or of the bundle that it is in. */
function packageFile(): string | undefined {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const file = join(folder, 'package.json');
    if (existsSync(file)) return file;
    if (dirname(folder) === folder) return undefined;
    folder = dirname(folder);
  }
}

function packageVersion(): string | undefined {
  const file = packageFile();
  return file && (JSON.parse(readFileSync(file, 'utf8')) as { version?: string }).version;
}

/** Of a checkout of mipnet itself, and `dirty` after changes; undefined for an installed package. */
async function checkedOutCommit(): Promise<string | undefined> {
  if (typeof MIPNET_PROGRAM !== 'undefined') return undefined;
  const file = packageFile();
  // The root's own package file, if the programs of `dist/programs` run.
  const root = file && [dirname(file), join(dirname(file), '..', '..')].find((at) => existsSync(join(at, '.git')));
  if (root === undefined) return undefined;
  const args = ['-C', root, 'describe', '--always', '--dirty', '--exclude=*'];
  const git = promisify(execFile)('git', args, { timeout: 3000 });
  return git.then(
    ({ stdout }) => stdout.trim() || undefined,
    () => undefined,
  );
}
