import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ESLint } from 'eslint';
import { wideLines } from './wide-lines.mjs';
import { words } from './words.mjs';

const root = join(import.meta.dirname, '..', '..');
const execute = promisify(execFile);

/**
 * The words of docs/terms.md and the width of lines, then ESLint over the repository, the dependencies between packages
 * included.
 * @returns {Promise<import('./run.mjs').Result>}
 */
export async function lint() {
  const prose = [...words(), ...wideLines()];
  if (prose.length > 0) return failed(prose);
  // The rule for dependencies reads Nx's project graph from a cache, and skips itself if there is none.
  await execute(join(root, 'node_modules', '.bin', 'nx'), ['show', 'projects'], {
    cwd: root,
    env: { ...process.env, NX_DAEMON: 'false' },
  });
  if (!(await dependenciesAreHeld()))
    return failed([
      'the boundary rule let libs/network import @mipnet/mip: dependencies between packages are not enforced',
    ]);
  // As its own program: in any other process the rule for dependencies reads the whole graph anew for each file.
  const eslint = join(root, 'node_modules', 'eslint', 'bin', 'eslint.js');
  return execute(process.execPath, [eslint, '--max-warnings', '0', '.'], { cwd: root, maxBuffer: 2 ** 26 }).then(
    () => ({ passed: 1, failed: 0, skipped: 0, notes: [] }),
    ({ stdout, stderr, message }) => failed([`${stdout}${stderr}`.trim() || message]),
  );
}

/** Tries an import that is not allowed, to see that the rule is active. */
async function dependenciesAreHeld() {
  const [result] = await new ESLint({ cwd: root }).lintText("import '@mipnet/mip';\n", {
    filePath: join(root, 'libs/network/src/forbidden.ts'),
  });
  return result.messages.some((message) => message.ruleId === '@nx/enforce-module-boundaries');
}

function failed(notes) {
  return { passed: 0, failed: 1, skipped: 0, notes };
}
