import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'libs', 'python');
const notebooks = join(root, 'examples', 'notebooks');
const run = promisify(execFile);
/** The oldest version of Python that the package supports. */
const oldest = [3, 10];

/**
 * The Python package, installed as its users install it, in an environment of pinned packages in mipnet's cache folder:
 * format and lint (ruff), types (mypy), and its tests with the command of this checkout.
 * @returns {Promise<import('./run.mjs').Result>}
 */
export async function python() {
  const result = { passed: 0, failed: 0, skipped: 0, notes: [] };
  const skip = (/** @type {string} */ why) => ({ ...result, skipped: 1, notes: [`skipped: ${why}`] });
  if (!(await isSupported())) return skip(`no Python ${oldest.join('.')} or newer is on PATH as python3`);
  const { pythonWith } = await import('@mipnet/solver/testing/python-environment');
  const program = await pythonWith('python', await requirements());
  if (program === undefined) return skip('the packages of libs/python/requirements-test.txt cannot be installed here');
  const installed = await mkdtemp(join(tmpdir(), 'mipnet-python-'));
  const check = async (/** @type {string} */ what, /** @type {string[]} */ args) => {
    try {
      const { stdout } = await run(program, ['-m', ...args], {
        cwd: folder,
        env: environment(installed),
        maxBuffer: 2 ** 26,
      });
      result.passed += 1;
      return stdout;
    } catch (error) {
      result.failed += 1;
      result.notes.push(`FAILED ${what}: ${(error.stdout + error.stderr).trim() || error.message}`);
      return '';
    }
  };
  try {
    const alone = ['--no-deps', '--no-build-isolation', '--quiet', '--disable-pip-version-check'];
    await check('pip install ./libs/python', ['pip', 'install', ...alone, '--target', installed, '.']);
    await check('ruff check', ['ruff', 'check', '--quiet', '--config', 'pyproject.toml', '.', notebooks]);
    await check('ruff format', ['ruff', 'format', '--check', '--quiet', '.']);
    const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mipnet', 'python', 'mypy');
    await check('mypy', ['mypy', '--cache-dir', cache]);
    const said = await check('pytest', ['pytest', '-q', '-p', 'no:cacheprovider']);
    if (said === '') return result;
    // `12 passed, 3 skipped in 4.56s`
    const count = (/** @type {string} */ word) => Number(new RegExp(`(\\d+) ${word}`).exec(said)?.[1] ?? 0);
    result.passed += count('passed') + count('xfailed') - 1;
    result.skipped += count('skipped');
    return result;
  } finally {
    await rm(installed, { recursive: true, force: true });
  }
}

async function isSupported() {
  const code = `import sys; sys.exit(sys.version_info < (${oldest.join()}))`;
  return run('python3', ['-c', code]).then(
    () => true,
    () => false,
  );
}

async function requirements() {
  const files = ['requirements-test.txt', ...(process.env.MIPNET_NIGHTLY ? ['requirements-notebooks.txt'] : [])];
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return texts.flatMap((text) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#')));
}

/** @param {string} installed where the package is */
const environment = (installed) => ({
  ...process.env,
  PYTHONPATH: installed,
  PYTHONDONTWRITEBYTECODE: '1',
  MIPNET_PYTHON_TEST_COMMAND: `'${process.execPath}' '${join(root, 'dist', 'programs', 'mipnet.js')}'`,
  // Threads that wait for each other take minutes on a busy machine.
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
});
