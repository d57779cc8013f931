import { spawn } from 'node:child_process';
import { access, constants, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

const MODULE = 'github.com/versity/versitygw/cmd/versitygw@v1.8.0';

/**
 * The path of versitygw, an S3 server for a folder: $MIPNET_VERSITYGW_BIN, then PATH, then mipnet's cache, then
 * installed into the cache with Go, once (about two minutes; says so on stderr).
 */
export async function findVersitygw(): Promise<string> {
  const named = process.env.MIPNET_VERSITYGW_BIN;
  if (named) {
    if (await isExecutable(named)) return resolve(named);
    throw new Error(`MIPNET_VERSITYGW_BIN is ${named}, which cannot be run; correct it or unset it`);
  }
  const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mipnet', 'bin');
  for (const folder of [...(process.env.PATH ?? '').split(delimiter).filter((part) => part !== ''), cache]) {
    const candidate = join(folder, 'versitygw');
    if (await isExecutable(candidate)) return candidate;
  }
  return install(cache);
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function install(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  process.stderr.write(`installing versitygw into ${folder} with go, once; this takes about two minutes\n`);
  await new Promise<void>((installed, failed) => {
    const go = spawn('go', ['install', MODULE], {
      env: { ...process.env, GOBIN: folder },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const advice = 'install Go, or set MIPNET_VERSITYGW_BIN to a versitygw binary';
    go.once('error', (cause) =>
      failed(new Error(`go cannot be run, so versitygw cannot be installed; ${advice}`, { cause })),
    );
    go.once('exit', (code) =>
      code === 0 ? installed() : failed(new Error(`go install ${MODULE} ended with ${code}; ${advice}`)),
    );
  });
  return join(folder, 'versitygw');
}
