import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ESLint } from 'eslint';
import { wideLines } from './wide-lines.mjs';
import { words } from './words.mjs';

const root = join(import.meta.dirname, '..', '..');

/**
 * The words of docs/terms.md and the width of lines, then ESLint over the repository, the dependencies between packages
 * included.
 * @returns {Promise<import('./run.mjs').Result>}
 */
export async function lint() {
  const prose = [...words(), ...wideLines()];
  if (prose.length > 0) return failed(prose);
  // The rule for dependencies reads Nx's project graph from a cache, and skips itself if there is none.
  await promisify(execFile)(join(root, 'node_modules', '.bin', 'nx'), ['show', 'projects'], {
    cwd: root,
    env: { ...process.env, NX_DAEMON: 'false' },
  });
  const eslint = new ESLint({ cwd: root });
  if (!(await dependenciesAreHeld(eslint)))
    return failed([
      'the boundary rule let libs/network import @mipnet/mip: dependencies between packages are not enforced',
    ]);
  const results = await eslint.lintFiles(['.']);
  const problems = results.reduce((sum, result) => sum + result.errorCount + result.warningCount, 0);
  if (problems === 0) return { passed: 1, failed: 0, skipped: 0, notes: [] };
  const formatter = await eslint.loadFormatter('stylish');
  return failed([(await formatter.format(results)).trim()]);
}

/** Tries an import that is not allowed, to see that the rule is active. */
async function dependenciesAreHeld(eslint) {
  const [result] = await eslint.lintText("import '@mipnet/mip';\n", {
    filePath: join(root, 'libs/network/src/forbidden.ts'),
  });
  return result.messages.some((message) => message.ruleId === '@nx/enforce-module-boundaries');
}

function failed(notes) {
  return { passed: 0, failed: 1, skipped: 0, notes };
}
