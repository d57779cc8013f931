import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/**
 * knip: files, exports and dependencies that nothing uses, and dependencies that no package.json names (knip.json).
 * @returns {import('./run.mjs').Result}
 */
export function unused() {
  const knip = join(root, 'node_modules', 'knip', 'bin', 'knip.js');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [knip, '--no-progress', '--treat-config-hints-as-errors'],
    { cwd: root, encoding: 'utf8' },
  );
  if (status === 0) return { passed: 1, failed: 0, skipped: 0, notes: [] };
  return { passed: 0, failed: 1, skipped: 0, notes: [`${stdout}${stderr}`.trim()] };
}
