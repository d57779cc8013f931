import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

// The launcher ./mipnet, copied into a tree that is installed and built, with a program that prints its arguments.

const root = mkdtempSync(join(tmpdir(), 'mipnet launcher-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const launcher = join(root, 'mipnet');
for (const name of ['mipnet', 'mipnet-vnnlib'])
  copyFileSync(fileURLToPath(new URL(`../../../../${name}`, import.meta.url)), join(root, name));
for (const folder of ['node_modules', 'dist/programs', 'apps', 'libs', 'tools', 'bin'])
  mkdirSync(join(root, folder), { recursive: true });
for (const name of [
  'package.json',
  'nx.json',
  'tsconfig.json',
  'package-lock.json',
  'node_modules/.mipnet-installed-lock.json',
])
  writeFileSync(join(root, name), '{}');
writeFileSync(
  join(root, 'dist/programs/mipnet.js'),
  'process.stdout.write(JSON.stringify([process.env.MIPNET_COMMAND, ...process.argv.slice(2)]));',
);
writeFileSync(
  join(root, 'dist/programs/mipnet-vnnlib.js'),
  "process.stdout.write(JSON.stringify(['vnnlib', ...process.argv.slice(2)]));",
);
writeFileSync(join(root, 'node_modules/.mipnet-built'), '');
// Newer than all that was written before, whatever the clock of the file system.
utimesSync(join(root, 'node_modules/.mipnet-built'), new Date(), new Date(Date.now() + 60_000));
symlinkSync(launcher, join(root, 'bin/mip'));
symlinkSync(join(root, 'mipnet-vnnlib'), join(root, 'bin/vnn'));

const sh = (line: string, cwd = root): unknown =>
  JSON.parse(
    execFileSync('sh', ['-c', line], {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${join(root, 'bin')}${delimiter}${process.env.PATH}` },
    }),
  );

test.each([
  ['in its folder', './mipnet a "b c"', '', './mipnet'],
  ['from another folder', '../mipnet a "b c"', 'bin', '../mipnet'],
  ['by PATH, through a link', 'mip a "b c"', 'libs', 'mip'],
])('the program learns how it was called: %s', (_, line, cwd, typed) => {
  expect(sh(line, join(root, cwd))).toEqual([typed, 'a', 'b c']);
});

test('build says what it does, and refuses arguments, which are for other commands', () => {
  const run = (line: string): string =>
    execFileSync('sh', ['-c', `${line} 2>&1 || echo "exit $?"`], { cwd: root, encoding: 'utf8' });
  expect(run('./mipnet build')).toBe('');
  expect(run('./mipnet build --help')).toMatch(/^usage: .\/mipnet build/);
  expect(run('./mipnet build unit')).toBe('mipnet: build takes no arguments, and got unit\nexit 2\n');
});

test('by its whole path, with a space in it', () => {
  expect(sh(`'${launcher}' a`, tmpdir())).toEqual([launcher, 'a']);
});

test('mipnet-vnnlib starts its own program, which gets every argument', () => {
  expect(sh('./mipnet-vnnlib verify "b c"')).toEqual(['vnnlib', 'verify', 'b c']);
  expect(sh('vnn test', tmpdir())).toEqual(['vnnlib', 'test']);
});
