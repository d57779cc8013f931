import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { DatasetError, reasonOf } from './dataset-error.js';
import type { DownloadProgress } from './samples.js';

export interface DownloadOptions {
  /** Throws where the file at `path` is not what it must be. Called before the file gets its final name. */
  readonly check: (path: string) => Promise<void>;
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Milliseconds until a mirror must have begun to answer. @default 4000 */
  readonly connectTimeout?: number;
  /** Milliseconds without a byte after which a transfer counts as broken. @default 20000 */
  readonly stallTimeout?: number;
}

/** A transfer that broke off is resumed as often as this at one mirror. */
const ATTEMPTS_PER_MIRROR = 5;

/**
 * Fetches one file from the first mirror that has it. It grows as `<path>.part`: a broken transfer goes on from there,
 * in this call, at the next mirror or in another run. Only a checked file gets its name, so a file that is there is
 * right. A part that fails its check is thrown away, and the next mirror starts afresh.
 * @param urls of the same file, one a mirror, in the order to try
 * @throws DatasetError 'download' with each mirror's reason
 */
export async function download(urls: readonly string[], path: string, options: DownloadOptions): Promise<void> {
  const part = `${path}.part`;
  await mkdir(dirname(path), { recursive: true });
  const reasons: string[] = [];
  let lastCause: unknown;
  for (const url of urls) {
    try {
      await fetchAll(url, part, basename(path), options);
      await options.check(part).catch(async (cause: unknown) => {
        await rm(part, { force: true });
        throw cause;
      });
      await rename(part, path);
      return;
    } catch (cause) {
      lastCause = cause;
      reasons.push(`${new URL(url).host}: ${reasonOf(cause)}`);
    }
  }
  throw new DatasetError('download', `cannot download ${basename(path)} (${reasons.join('; ')})`, { cause: lastCause });
}

async function fetchAll(url: string, part: string, file: string, options: DownloadOptions): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const before = await sizeOf(part);
    let began = false;
    try {
      return await fetchRest(url, part, before, file, { ...options, onAnswer: () => (began = true) });
    } catch (cause) {
      // What a broken connection had already received may be lost with it, so that nothing new is in the file.
      if (!began || attempt === ATTEMPTS_PER_MIRROR) throw cause;
    }
  }
}

/** Appends what is missing of the file to `part`, which holds its first `offset` bytes. */
async function fetchRest(
  url: string,
  part: string,
  offset: number,
  file: string,
  options: DownloadOptions & { readonly onAnswer: () => void },
): Promise<void> {
  const { connectTimeout = 4_000, stallTimeout = 20_000, onProgress } = options;
  const abort = new AbortController();
  const giveUp = (reason: string) => (): void => abort.abort(new Error(reason));
  let timer = setTimeout(giveUp(`no answer within ${connectTimeout / 1000} s`), connectTimeout);
  const expectData = (): void => {
    clearTimeout(timer);
    timer = setTimeout(giveUp(`no data for ${stallTimeout / 1000} s`), stallTimeout);
  };
  try {
    // Ranges and lengths count packed bytes, so the server must not pack or unpack on the way.
    const headers: Record<string, string> = { 'accept-encoding': 'identity' };
    if (offset > 0) headers.range = `bytes=${offset}-`;
    const response = await fetch(url, { headers, signal: abort.signal });
    expectData();
    if (response.status === 416) {
      // Nothing comes after `offset`: the part is the whole file, or it is too long, which the check will find.
      await response.body?.cancel();
      return;
    }
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new Error(`HTTP ${response.status}`);
    }
    const resumed =
      response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${offset}-`) === true;
    if (response.status === 206 && !resumed) {
      await response.body.cancel();
      throw new Error(
        `asked for bytes from ${offset}, got ${response.headers.get('content-range') ?? 'an unnamed range'}`,
      );
    }
    options.onAnswer();
    let received = resumed ? offset : 0;
    const length = response.headers.get('content-length');
    const total = length === null ? null : received + Number(length);
    const count = new Transform({
      transform(chunk: Uint8Array, _encoding, done) {
        expectData();
        received += chunk.length;
        onProgress?.({ file, received, total });
        done(null, chunk);
      },
    });
    await pipeline(
      Readable.fromWeb(response.body as ReadableStream),
      count,
      createWriteStream(part, { flags: resumed ? 'a' : 'w' }),
    );
    if (total !== null && received < total) throw new Error(`the transfer ended after ${received} of ${total} bytes`);
  } catch (cause) {
    throw abort.signal.aborted ? abort.signal.reason : cause;
  } finally {
    clearTimeout(timer);
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw cause;
  }
}
