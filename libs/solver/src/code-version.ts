import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folderOfPackages = fileURLToPath(new URL('../..', import.meta.url));

const known = new Map<string, string>();

/**
 * Names everything that decides what a result is: a hash of the compiled code of some packages and of the versions they
 * depend on, HiGHS among them. A number that a person has to raise would be forgotten one day; this costs an old result
 * too many and never believes one too many.
 * @param packages folders of libs/ whose code has a part in the result
 */
export function codeVersion(packages: readonly string[], folder = folderOfPackages): string {
  if (folder !== folderOfPackages) return hashOf(packages, folder);
  const key = packages.join();
  const version = known.get(key) ?? hashOf(packages, folder);
  known.set(key, version);
  return version;
}

function hashOf(packages: readonly string[], folder: string): string {
  const hash = createHash('sha256');
  const files = packages.flatMap((name) => [
    join(name, 'package.json'),
    ...codeOf(folder, join(name, 'dist')),
    ...codeOf(folder, join(name, 'python')),
  ]);
  for (const file of files)
    hash
      .update(file.replaceAll('\\', '/'))
      .update('\0')
      .update(readFileSync(join(folder, file)))
      .update('\0');
  return hash.digest('hex').slice(0, 16);
}

function codeOf(folder: string, part: string): string[] {
  if (!existsSync(join(folder, part))) return [];
  const isCode = (name: string): boolean => /\.(js|py)$/.test(name) && !name.includes('.test.');
  return readdirSync(join(folder, part), { recursive: true, encoding: 'utf8' })
    .filter(isCode)
    .map((name) => join(part, name))
    .sort();
}
