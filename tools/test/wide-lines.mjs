import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from './words.mjs';

const root = join(import.meta.dirname, '..', '..');
const mostColumns = 120;

/** Files whose lines are not checked yet. */
const unchecked = ['CHANGELOG.md', 'PERFORMANCE.md', 'docs/design.md'];

/**
 * Prose wider than 120 columns: in Markdown all but tables and code, in programs comments. Prettier breaks the code.
 * @returns {string[]} a line per wide line: `file:line: N columns; ...`
 */
export function wideLines() {
  return filesBelow('')
    .filter((file) => /\.(md|ts|mjs|js)$/.test(file) && !unchecked.includes(file))
    .flatMap((file) => wideLinesIn(file, readFileSync(join(root, file), 'utf8')));
}

/**
 * @param {string} file its name says how it is read
 * @param {string} text what it holds
 * @returns {string[]}
 */
export function wideLinesIn(file, text) {
  const isProse = file.endsWith('.md')
    ? (/** @type {string} */ line) => !/^(\||!\[| {4,}[^ ])/.test(line)
    : (/** @type {string} */ line) => /^\s*(\*|\/\/|\/\*)/.test(line);
  const lines = file.endsWith('.md') ? withoutFences(text).split('\n') : text.split('\n');
  return lines.flatMap((line, at) =>
    line.length > mostColumns && isProse(line) && canBreak(line)
      ? [`${file}:${at + 1}: ${line.length} columns; break the line before column ${mostColumns + 1}`]
      : [],
  );
}

/** A line with one long word, such as an address, cannot be broken. @param {string} line */
function canBreak(line) {
  return line
    .slice(0, mostColumns)
    .trim()
    .replace(/^(\*|\/\/|\/\*\*?|[-*]|\d+\.)\s+/, '')
    .includes(' ');
}

/** @param {string} text */
function withoutFences(text) {
  return text.replace(/^```.*?^```/gms, (fence) => fence.replace(/[^\n]/g, ''));
}
