import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/**
 * Whether Prettier would change no program; `npx prettier --write .` makes it so.
 * @returns {import('./run.mjs').Result}
 */
export function format() {
  const prettier = join(root, 'node_modules', 'prettier', 'bin', 'prettier.cjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [prettier, '--list-different', '.'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status === 0) return { passed: 1, failed: 0, skipped: 0, notes: [] };
  const files = stdout.split('\n').filter(Boolean);
  const notes = files.map((file) => `${file} is not formatted: npx prettier --write ${file}`);
  return { passed: 0, failed: 1, skipped: 0, notes: [...notes, ...stderr.split('\n').filter(Boolean)] };
}
