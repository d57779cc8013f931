import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isExecutable } from './executable.js';
import { downloadTemporal } from './temporal-download.js';

let folder: string;
let server: Server | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mipnet-download-'));
});
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function download(service: string): Promise<void> {
  return downloadTemporal(join(folder, 'bin', 'temporal'), { service, stallSeconds: 0.3, onMessage: () => {} });
}

async function archive(): Promise<Buffer> {
  await writeFile(join(folder, 'temporal'), 'the program');
  await writeFile(join(folder, 'LICENSE'), 'a licence');
  execFileSync('tar', ['-czf', 'a.tar.gz', 'LICENSE', 'temporal'], { cwd: folder });
  return readFile(join(folder, 'a.tar.gz'));
}

describe('downloadTemporal', () => {
  it('unpacks the one program of the archive for this machine', async () => {
    const bytes = await archive();
    const asked: string[] = [];
    const service = await serve((request, response) => {
      asked.push(request.url!);
      if (request.url!.startsWith('/cli/'))
        response.end(JSON.stringify({ archiveUrl: `${service}/a.tar.gz`, fileToExtract: 'temporal' }));
      else response.end(bytes);
    });
    await download(service);
    const target = join(folder, 'bin', 'temporal');
    expect(await readFile(target, 'utf8')).toBe('the program');
    expect(await isExecutable(target)).toBe(true);
    expect(await readdir(join(folder, 'bin'))).toEqual(['temporal']);
    expect(asked[0]).toContain(`platform=${process.platform}`);
  });

  it('gives up on a silent server and on a stalled download, leaving nothing', async () => {
    await expect(download(await serve(() => {}))).rejects.toThrow(/no answer/);
    server!.closeAllConnections();
    const service = await serve((request, response) => {
      if (request.url!.startsWith('/cli/'))
        response.end(JSON.stringify({ archiveUrl: `${service}/a`, fileToExtract: 'temporal' }));
      else response.write('a few bytes');
    });
    await expect(download(service)).rejects.toThrow(/no answer/);
    expect(await readdir(join(folder, 'bin'))).toEqual([]);
  });

  it.each([
    ['a path instead of a name', { archiveUrl: 'http://127.0.0.1/a', fileToExtract: '../../temporal' }],
    ['no address', { fileToExtract: 'temporal' }],
  ])('refuses %s', async (_, info) => {
    await expect(download(await serve((_request, response) => response.end(JSON.stringify(info))))).rejects.toThrow(
      /not a download description/,
    );
  });

  it('names the status of a refusal', async () => {
    await expect(download(await serve((_request, response) => response.writeHead(503).end('x')))).rejects.toThrow(
      /503/,
    );
  });

  it('fails on an archive without the program', async () => {
    const bytes = await archive();
    const service = await serve((request, response) =>
      request.url!.startsWith('/cli/')
        ? response.end(JSON.stringify({ archiveUrl: `${service}/a`, fileToExtract: 'temporal.exe' }))
        : response.end(bytes),
    );
    await expect(download(service)).rejects.toThrow(/could not unpack temporal\.exe/);
  });
});
