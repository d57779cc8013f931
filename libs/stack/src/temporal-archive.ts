// Tested by temporal-binary.int.test.ts.
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  atMost,
  downloadFile,
  downloadJson,
  MAX_PROGRAM_BYTES,
  requireSafeUrl,
  type DownloadOptions,
} from './download-file.js';
import type { TemporalRelease } from './temporal-release.js';

/**
 * Fetches Temporal's own archive of the release and unpacks the program to `target`. The archive has no pinned hash:
 * the caller verifies the program.
 * @throws Error if there is no network, or the archive is not the announced one.
 */
export async function fetchArchive(
  release: TemporalRelease,
  target: string,
  folder: string,
  options: DownloadOptions,
): Promise<void> {
  const { archiveUrl, fileToExtract } = await describe(release.archiveService, options.stallSeconds);
  const archive = join(folder, 'archive.tar.gz');
  await downloadFile(archiveUrl, archive, `the Temporal server ${release.version}`, options);
  await extract(archive, fileToExtract, target);
}

async function describe(service: string, stallSeconds: number): Promise<{ archiveUrl: string; fileToExtract: string }> {
  const info = (await downloadJson(service, stallSeconds)) as { archiveUrl?: unknown; fileToExtract?: unknown } | null;
  // The name is used as a path: only a plain file name is taken.
  if (
    typeof info?.archiveUrl !== 'string' ||
    typeof info.fileToExtract !== 'string' ||
    !/^\w[\w.-]*$/.test(info.fileToExtract)
  )
    throw new Error(`${service} answered something that is not a download description`);
  requireSafeUrl(info.archiveUrl);
  return { archiveUrl: info.archiveUrl, fileToExtract: info.fileToExtract };
}

/** `tar` is part of every system that mipnet runs on. Its output is a pipe, so that an endless file can be cut off. */
async function extract(archive: string, file: string, target: string): Promise<void> {
  const tar = spawn('tar', ['-xzOf', archive, file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  tar.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const ended = new Promise<number | null>((resolve, reject) => {
    tar.once('error', reject);
    tar.once('close', resolve);
  });
  const [code] = await Promise.all([ended, pipeline(tar.stdout, atMost(MAX_PROGRAM_BYTES), createWriteStream(target))]);
  if (code !== 0) throw new Error(`could not unpack ${file} from the Temporal archive: ${complaint.trim()}`);
}
