import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '..', '..', '..');

/**
 * A program file of the repository.
 * @typedef {{ path: string, text: string, lines: number, imports: string[], files: string[] }} Source
 * `path` relative to the root; `imports` as they are written, types included; `files` the paths of the relative ones
 */

/** Every program that git knows or would add. @returns {Source[]} */
export function readSources() {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  return list
    .split('\0')
    .filter((path) => /\.(ts|mjs|js)$/.test(path) && existsSync(join(root, path)))
    .map((path) => parseSource(path, readFileSync(join(root, path), 'utf8')));
}

/** @param {string} path @param {string} text @returns {Source} */
export function parseSource(path, text) {
  const imports = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  return {
    path,
    text,
    lines: text.split('\n').length - 1,
    imports,
    files: imports.flatMap((name) => fileOf(path, name)),
  };
}

/** The source behind a relative import: TypeScript is imported by the name of its output. */
function fileOf(from, name) {
  if (!name.startsWith('.')) return [];
  const path = normalize(join(dirname(from), name));
  return path.endsWith('.js') ? [path.replace(/\.js$/, '.ts'), path] : [path];
}

export const isTest = (path) => /\.(unit|int|e2e)\.test\.ts$/.test(path);

/** `@mipnet/network/testing/x` is of the package `network`. */
export const packageOf = (name) => /^@mipnet\/([^/]+)/.exec(name)?.[1];
