import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** Every tool of this folder that is run by its name. */
const tools = execFileSync('git', ['ls-files', '*/*.mjs'], { cwd: folder, encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter((file) => readFileSync(folder + file, 'utf8').includes('readArguments('));
const run = (file: string, ...args: string[]) =>
  spawnSync(process.execPath, [folder + file, ...args], { encoding: 'utf8' });

const isNightly = process.env.MIPNET_NIGHTLY === '1';

describe('tools', () => {
  it('all read their arguments in one way', () => {
    const own = execFileSync('git', ['grep', '-l', '-e', 'parseArgs', '-e', 'process.argv', '--', '*.mjs'], {
      cwd: folder,
      encoding: 'utf8',
    })
      .trim()
      .split('\n');
    // The benchmarks hand their own arguments to the processes that they start.
    const handedOn = ['test/run.mjs', 'bench/known-verdicts.mjs'];
    expect(own.filter((file) => !handedOn.includes(file))).toEqual(['arguments.mjs']);
    expect(tools.length).toBeGreaterThanOrEqual(10);
    expect(tools.every((file) => existsSync(folder + file))).toBe(true);
  });

  it.each(tools)('%s --help prints its usage', (file) => {
    const { status, stdout, stderr } = run(file, '--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(`node tools/${file}`);
    expect(stdout).not.toMatch(/^ \*/m);
  });

  // All read their arguments by one function: by day a third of them shows it.
  it.each(tools.filter((_, at) => isNightly || at % 3 === 0))(
    '%s refuses an option that it does not have in one sentence',
    (file) => {
      const { status, stdout, stderr } = run(file, '--nonsense');
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(/^[a-z0-9-]+\.mjs: Unknown option '--nonsense'; --help says what can be given\n$/);
    },
  );
});
