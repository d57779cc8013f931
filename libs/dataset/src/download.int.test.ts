import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { access, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { download } from './download.js';
import { loadMnist } from './datasets/mnist.js';
import { seededRandom } from './random.js';
import type { DownloadProgress } from './samples.js';

const random = seededRandom(0);
const content = Uint8Array.from({ length: 300_000 }, () => random.integer(256));

let folder: string;
let path: string;
const servers: Server[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mipnet-download-'));
  path = join(folder, 'cache', 'file.gz');
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  await rm(folder, { recursive: true, force: true });
});

interface Mirror {
  readonly url: string;
  /** The Range header of each request, '' for none. */
  readonly ranges: string[];
}

type Answer = (request: IncomingMessage, response: ServerResponse, ranges: readonly string[]) => void;

async function mirror(answer: Answer): Promise<Mirror> {
  const ranges: string[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range ?? '');
    answer(request, response, ranges);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.gz`, ranges };
}

/** Answers with the bytes that were asked for, as a file server does. */
const serve =
  (bytes: Uint8Array): Answer =>
  (request, response) => {
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    const start = range === null ? 0 : Number(range[1]);
    if (start >= bytes.length)
      return void response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    const headers = { 'content-length': bytes.length - start };
    if (range === null) response.writeHead(200, headers);
    else response.writeHead(206, { ...headers, 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` });
    response.end(bytes.subarray(start));
  };

/** Sends `length` bytes of what was asked for, and drops the connection when they are in the file. */
const breakAfter =
  (length: number): Answer =>
  (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(start === 0 ? 200 : 206, {
      'content-length': content.length - start,
      'content-range': `bytes ${start}-${content.length - 1}/${content.length}`,
    });
    response.write(content.subarray(start, start + length));
    const drop = async (): Promise<void> => {
      while ((await stat(`${path}.part`).catch(() => undefined))?.size !== start + length)
        await new Promise((resolve) => setTimeout(resolve, 5));
      response.destroy();
    };
    void drop();
  };

const notFound: Answer = (_request, response) => void response.writeHead(404).end('no such file');

async function check(file: string): Promise<void> {
  if (Buffer.compare(await readFile(file), content) !== 0) throw new Error('the content is wrong');
}
const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

test('fetches a file, reports its progress, and leaves only the file', async () => {
  const seen: DownloadProgress[] = [];
  const { url } = await mirror(serve(content));
  await download([url], path, { check, onProgress: (progress) => seen.push(progress) });
  await check(path);
  expect(await readdir(join(folder, 'cache'))).toEqual(['file.gz']);
  expect(seen.at(-1)).toEqual({ file: 'file.gz', received: content.length, total: content.length });
  expect(seen.map(({ received }) => received)).toEqual(seen.map(({ received }) => received).sort((a, b) => a - b));
});

test('a broken transfer continues from its end', async () => {
  const { url, ranges } = await mirror((request, response, all) =>
    (all.length < 3 ? breakAfter(100_000) : serve(content))(request, response, all),
  );
  await download([url], path, { check });
  await check(path);
  expect(ranges).toEqual(['', 'bytes=100000-', 'bytes=200000-']);
});

test('a part that an earlier run left is used, also a complete one', async () => {
  for (const length of [120_000, content.length]) {
    await rm(path, { force: true });
    await mkdir(join(folder, 'cache'), { recursive: true });
    await writeFile(`${path}.part`, content.subarray(0, length));
    const { url, ranges } = await mirror(serve(content));
    await download([url], path, { check });
    await check(path);
    expect(ranges).toEqual([`bytes=${length}-`]);
  }
});

test('a mirror that knows no ranges sends all of it again', async () => {
  const { url } = await mirror((_request, response) => void response.writeHead(200).end(content));
  await download([url], path, { check }).then(() => rm(path));
  await writeFile(`${path}.part`, content.subarray(0, 1000));
  await download([url], path, { check });
  await check(path);
});

test('a wrong file is thrown away, and the next mirror starts afresh', async () => {
  const wrong = await mirror(serve(content.with(5, content[5] ^ 1)));
  const right = await mirror(serve(content));
  await download([wrong.url, right.url], path, { check });
  await check(path);
  expect(right.ranges).toEqual(['']);

  await rm(path);
  const failing = download([wrong.url], path, { check });
  await expect(failing).rejects.toMatchObject({ code: 'download' });
  await expect(failing).rejects.toThrow('the content is wrong');
  expect((await exists(path)) || (await exists(`${path}.part`))).toBe(false);
});

test('where the first mirror has no such file, the second is asked', async () => {
  const first = await mirror(notFound);
  const second = await mirror(serve(content));
  await download([first.url, second.url], path, { check });
  await check(path);
  await rm(path);
  await expect(download([first.url, first.url], path, { check })).rejects.toThrow(/HTTP 404.*HTTP 404/);
});

test('a transfer broken at one mirror goes on at the next', async () => {
  const first = await mirror((request, response, all) =>
    (all.length === 1 ? breakAfter(50_000) : notFound)(request, response, all),
  );
  const second = await mirror(serve(content));
  await download([first.url, second.url], path, { check });
  await check(path);
  expect(second.ranges).toEqual(['bytes=50000-']);
});

test('a mirror that does not answer, or stops sending, is given up', async () => {
  const silent = await mirror(() => {});
  await expect(download([silent.url], path, { check, connectTimeout: 100 })).rejects.toThrow('no answer within 0.1 s');
  const stalls = await mirror((request, response) => {
    response.writeHead(request.headers.range === undefined ? 200 : 206, {
      'content-length': content.length - 10,
      'content-range': `bytes 10-${content.length - 1}/${content.length}`,
    });
    if (request.headers.range === undefined) response.write(content.subarray(0, 10));
    else response.flushHeaders();
  });
  await expect(download([stalls.url], path, { check, stallTimeout: 100 })).rejects.toThrow('no data for 0.1 s');
});

const data = process.env.MIPNET_DATA;
test.skipIf(!data)(
  `MNIST is downloaded to the cache once${data ? '' : ' (skipped: MIPNET_DATA is not set)'}`,
  async () => {
    const requests: string[] = [];
    const { url } = await mirror((request, response, all) => {
      requests.push(request.url!);
      void readFile(join(data!, 'mnist', request.url!)).then(
        (bytes) => serve(bytes)(request, response, all),
        () => notFound(request, response, all),
      );
    });
    const source = {
      environment: { XDG_CACHE_HOME: folder },
      mirrors: [url.replace('file.gz', 'absent/'), url.replace('file.gz', '')],
    };
    const files = new Set<string>();
    const first = await loadMnist({ ...source, onProgress: ({ file }) => files.add(file) });
    expect(first.train.count).toBe(60_000);
    expect(first.notes.join()).toContain('was downloaded to');
    expect(files.size).toBe(4);
    const { length } = requests;
    expect(length).toBe(8);
    const second = await loadMnist(source);
    expect(second.notes.join()).toContain('was read from');
    expect(requests.length).toBe(length);
  },
);
