import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

/** The service Temporal's own SDKs ask for the server program that suits them. */
const TEMPORAL_DOWNLOAD = 'https://temporal.download';

/** How long no byte may arrive before the download is given up, so that a machine without internet moves on. */
const STALL_SECONDS = 15;

/**
 * Downloads the Temporal server program to `target`; it appears there only when complete.
 * @throws Error when there is no network, no build for this machine, or the archive is not what was announced.
 */
export async function downloadTemporal(
  target: string,
  options: {
    readonly onMessage: (line: string) => void;
    readonly service?: string;
    readonly stallSeconds?: number;
  },
): Promise<void> {
  const { onMessage, service = TEMPORAL_DOWNLOAD, stallSeconds = STALL_SECONDS } = options;
  const abort = new AbortController();
  const stalled = setTimeout(
    () => abort.abort(new Error(`no answer from ${service} for ${stallSeconds} s`)),
    stallSeconds * 1000,
  );
  const folder = join(target, '..');
  await mkdir(folder, { recursive: true });
  const draft = await mkdtemp(join(folder, 'temporal-download-'));
  try {
    const { archiveUrl, fileToExtract } = await describe(service, abort.signal);
    onMessage(`downloading the Temporal server from ${new URL(archiveUrl).host}`);
    const response = await get(archiveUrl, abort.signal);
    const archive = join(draft, 'archive.tar.gz');
    const body = Readable.fromWeb(response.body as ReadableStream);
    body.on('data', () => stalled.refresh());
    await pipeline(body, createWriteStream(archive), { signal: abort.signal });
    clearTimeout(stalled);
    await extract(archive, fileToExtract, draft);
    const program = join(draft, fileToExtract);
    await chmod(program, 0o755);
    await rename(program, target);
  } catch (error) {
    throw abort.signal.aborted ? abort.signal.reason : error;
  } finally {
    clearTimeout(stalled);
    await rm(draft, { recursive: true, force: true });
  }
}

async function describe(service: string, signal: AbortSignal): Promise<{ archiveUrl: string; fileToExtract: string }> {
  const architectures: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };
  const architecture = architectures[arch()];
  if (architecture === undefined) throw new Error(`there is no Temporal server build for ${arch()}`);
  const query = new URLSearchParams({
    arch: architecture,
    platform: platform(),
    format: 'tar.gz',
    'sdk-name': 'sdk-typescript',
    'sdk-version': '1.24.0',
  });
  const response = await get(`${service}/cli/default?${query}`, signal);
  const info = (await response.json()) as { archiveUrl?: unknown; fileToExtract?: unknown };
  // The name is used as a path: only a plain file name is taken.
  if (
    typeof info.archiveUrl !== 'string' ||
    typeof info.fileToExtract !== 'string' ||
    !/^[\w.-]+$/.test(info.fileToExtract)
  )
    throw new Error(`${service} answered something that is not a download description`);
  return { archiveUrl: info.archiveUrl, fileToExtract: info.fileToExtract };
}

async function get(url: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(url, { signal });
  if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
  return response;
}

/** `tar` is part of every system mipnet runs on. */
async function extract(archive: string, file: string, folder: string): Promise<void> {
  const tar = spawn('tar', ['-xzf', '-', '-C', folder, file], { stdio: ['pipe', 'ignore', 'pipe'] });
  let complaint = '';
  tar.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const code = new Promise<number | null>((resolve, reject) => {
    tar.once('error', reject);
    tar.once('close', resolve);
  });
  await Promise.all([
    // tar may close its input early once it has the file.
    pipeline(createReadStream(archive), tar.stdin).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    }),
    code,
  ]);
  if ((await code) !== 0) throw new Error(`could not unpack ${file} from the Temporal archive: ${complaint.trim()}`);
}
