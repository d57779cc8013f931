import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Set by tools/package, in whose bundles the files are no longer those of one package each: see `codeHash`. */
declare const MIPNET_CODE_HASHES: Readonly<Record<string, string>> | undefined;

const folderOfPackages = fileURLToPath(new URL('../..', import.meta.url));

const known = new Map<string, string>();

/**
 * A hash of everything that determines a result: the compiled code of some packages and the versions of their
 * dependencies, including HiGHS. A version number that must be raised by hand would be forgotten some day. The hash may
 * discard a result that is still valid, but it never accepts an outdated one.
 * @param packages folders of libs/ whose code affects the result
 */
export function codeVersion(packages: readonly string[], folder = folderOfPackages): string {
  if (folder !== folderOfPackages) return hashOf(packages, folder);
  const key = packages.join();
  const version = known.get(key) ?? hashOf(packages, folder);
  known.set(key, version);
  return version;
}

function hashOf(packages: readonly string[], folder: string): string {
  const isBundled = typeof MIPNET_CODE_HASHES !== 'undefined' && folder === folderOfPackages;
  const hash = createHash('sha256');
  for (const name of packages) hash.update(isBundled ? MIPNET_CODE_HASHES[name] : codeHash(name, folder));
  return hash.digest('hex').slice(0, 16);
}

/** Of the compiled code of one package and its package.json. The npm package states those that it was made of. */
export function codeHash(name: string, folder = folderOfPackages): string {
  const hash = createHash('sha256');
  const files = [
    join(name, 'package.json'),
    ...codeOf(folder, join(name, 'dist')),
    ...codeOf(folder, join(name, 'python')),
  ];
  for (const file of files)
    hash
      .update(file.replaceAll('\\', '/'))
      .update('\0')
      .update(readFileSync(join(folder, file)))
      .update('\0');
  return hash.digest('hex');
}

function codeOf(folder: string, part: string): string[] {
  if (!existsSync(join(folder, part))) return [];
  const isCode = (name: string): boolean => /\.(js|py)$/.test(name) && !name.includes('.test.');
  return readdirSync(join(folder, part), { recursive: true, encoding: 'utf8' })
    .filter(isCode)
    .map((name) => join(part, name))
    .sort();
}
