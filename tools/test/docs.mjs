import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/**
 * Builds the docs site, without the reference of the packages: generated pages, links between pages, headings.
 * @returns {Promise<import('./run.mjs').Result>}
 */
export async function docs() {
  const build = spawn(process.execPath, [join(root, 'tools', 'docs', 'build-site.mjs'), '--no-api'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  build.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const [code] = await once(build, 'close');
  if (code === 0) return { passed: 1, failed: 0, skipped: 0, notes: [] };
  return { passed: 0, failed: 1, skipped: 0, notes: [said.trim()] };
}
