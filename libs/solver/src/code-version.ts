import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folderOfRooms = fileURLToPath(new URL('../..', import.meta.url));

const known = new Map<string, string>();

/**
 * Names everything that decides what a result is: a hash of the compiled code of some rooms and of the versions they depend
 * on, HiGHS among them. A number that a person has to raise would be forgotten one day; this costs an old result too many
 * and never believes one too many.
 * @param rooms folders of libs/ whose code has a part in the result
 */
export function codeVersion(rooms: readonly string[], folder = folderOfRooms): string {
  if (folder !== folderOfRooms) return hashOf(rooms, folder);
  const key = rooms.join();
  const version = known.get(key) ?? hashOf(rooms, folder);
  known.set(key, version);
  return version;
}

function hashOf(rooms: readonly string[], folder: string): string {
  const hash = createHash('sha256');
  const files = rooms.flatMap((room) => [
    join(room, 'package.json'),
    ...codeOf(folder, join(room, 'dist')),
    ...codeOf(folder, join(room, 'python')),
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
