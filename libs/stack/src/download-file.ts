// Tested by temporal-binary.int.test.ts.
import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';

export interface DownloadOptions {
  readonly onMessage: (line: string) => void;
  /** Seconds without a byte after which the download fails, so that a machine without internet continues soon. */
  readonly stallSeconds: number;
}

const PROGRESS_SECONDS = 5;
const MAX_REDIRECTS = 5;
/** A description of a download is a few hundred bytes. */
const MAX_JSON_BYTES = 65_536;
/** Largest program or archive; the server has 210 MB. */
export const MAX_PROGRAM_BYTES = 2 ** 30;

/**
 * Downloads a file and reports progress. The caller must verify the content.
 * @throws Error if the address is not https, or the server does not answer, stalls or refuses.
 */
export async function downloadFile(url: string, target: string, what: string, options: DownloadOptions): Promise<void> {
  const { onMessage, stallSeconds } = options;
  await withStallLimit(url, stallSeconds, async (signal, alive) => {
    const { response, host } = await get(url, signal);
    const total = Number(response.headers.get('content-length') ?? 0);
    const size = total > 0 ? ` (${megabytes(total)} MB)` : '';
    onMessage(`downloading ${what} from ${host}${size}`);
    const started = Date.now();
    let received = 0;
    let told = started;
    const body = Readable.fromWeb(response.body as ReadableStream);
    body.on('data', (chunk: Buffer) => {
      alive();
      received += chunk.length;
      if (Date.now() - told < PROGRESS_SECONDS * 1000) return;
      told = Date.now();
      const seconds = Math.round((told - started) / 1000);
      onMessage(
        `downloading ${what}: ${megabytes(received)}${total > 0 ? ` of ${megabytes(total)}` : ''} MB in ${seconds} s`,
      );
    });
    await pipeline(body, atMost(MAX_PROGRAM_BYTES), createWriteStream(target), { signal });
  });
}

/** A small JSON document. @throws Error as downloadFile, and if the answer is too long or not JSON. */
export async function downloadJson(url: string, stallSeconds: number): Promise<unknown> {
  return withStallLimit(url, stallSeconds, async (signal, alive) => {
    const { response } = await get(url, signal);
    const body = Readable.fromWeb(response.body as ReadableStream).on('data', alive);
    return JSON.parse(await pipeline(body, atMost(MAX_JSON_BYTES), text)) as unknown;
  });
}

/** Passes bytes through, and fails if they are more than `limit`. */
export function atMost(limit: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > limit) done(new Error(`more than ${limit} bytes`));
      else done(null, chunk);
    },
  });
}

/** https only; plain http is accepted from this machine alone. */
export function requireSafeUrl(url: string): void {
  if (!URL.canParse(url)) throw new Error(`${JSON.stringify(url)} is not an address`);
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:') return;
  if (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname)) return;
  throw new Error(`${url} is refused: programs are fetched by https only`);
}

/** Follows redirects itself, because each address must be checked. */
async function get(url: string, signal: AbortSignal): Promise<{ response: Response; host: string }> {
  for (let address = url, hops = 0; hops <= MAX_REDIRECTS; hops++) {
    requireSafeUrl(address);
    const response = await fetch(address, { signal, redirect: 'manual' });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) {
      if (!response.ok || response.body === null) throw new Error(`${address} answered ${response.status}`);
      return { response, host: new URL(address).host };
    }
    await response.body?.cancel();
    address = new URL(location, address).href;
  }
  throw new Error(`${url} led to more than ${MAX_REDIRECTS} other addresses`);
}

async function withStallLimit<T>(
  url: string,
  stallSeconds: number,
  work: (signal: AbortSignal, alive: () => void) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const { host } = URL.canParse(url) ? new URL(url) : { host: url };
  const stalled = setTimeout(
    () => abort.abort(new Error(`no answer from ${host} for ${stallSeconds} s`)),
    stallSeconds * 1000,
  );
  try {
    return await work(abort.signal, () => stalled.refresh());
  } catch (error) {
    throw abort.signal.aborted ? abort.signal.reason : error;
  } finally {
    clearTimeout(stalled);
  }
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
