import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { proseOf } from './prose.mjs';

const root = join(import.meta.dirname, '..', '..');

/** Paths whose words are not checked yet. One leaves the list when its sentences are rewritten. */
const unchecked = ['CHANGELOG.md', 'PERFORMANCE.md'];

/**
 * A phrase that the project does not use.
 * @typedef {{ pattern: RegExp, write: string }} Phrase
 */

/**
 * Looks for the phrases of docs/terms.md, "Words that are not used", in all that people read.
 * @returns {string[]} a line per phrase found: `file:line: 'phrase': write 'word'`
 */
export function words() {
  const phrases = phrasesOf(readFileSync(join(root, 'docs', 'terms.md'), 'utf8'));
  return filesBelow('')
    .filter((file) => /\.(md|ya?ml|ts|mjs|js)$/.test(file) && !unchecked.some((path) => file.startsWith(path)))
    .flatMap((file) => wordsIn(file, readFileSync(join(root, file), 'utf8'), phrases));
}

/**
 * Reads the table under "Words that are not used": phrases in backticks, then what to write. In a phrase, `/` separates
 * alternatives of one word, and N is any number.
 * @param {string} terms docs/terms.md
 * @returns {Phrase[]}
 */
export function phrasesOf(terms) {
  const section = terms.split(/^## Words that are not used$/m)[1]?.split(/^## /m)[0] ?? '';
  const phrases = [...section.matchAll(/^\| (`.*?`) +\| (.*?) +\|/gm)].flatMap(([, listed, write]) =>
    [...listed.matchAll(/`([^`]+)`/g)].map(([, phrase]) => ({ pattern: patternOf(phrase), write })),
  );
  if (phrases.length === 0) throw new Error('docs/terms.md has no table under "Words that are not used"');
  return phrases;
}

/** @param {string} phrase */
function patternOf(phrase) {
  const parts = phrase.split(' ').map((part) => {
    const choices = part
      .split('/')
      .map((word) => (word === 'N' ? '\\d+(?:[.,]\\d+)*' : word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
    return `(?:${choices.join('|')})`;
  });
  return new RegExp(`(?<![\\w-])${parts.join('\\s+')}(?![\\w-])`, 'gi');
}

/**
 * @param {string} file its name says how it is read
 * @param {string} text what it holds
 * @param {readonly Phrase[]} phrases
 * @returns {string[]}
 */
export function wordsIn(file, text, phrases) {
  const prose = proseOf(file, text);
  return phrases
    .flatMap(({ pattern, write }) =>
      [...prose.matchAll(pattern)].map(({ 0: found, index }) => ({ found, index, write })),
    )
    .sort((a, b) => a.index - b.index)
    .map(({ found, index, write }) => {
      const line = text.slice(0, index).split('\n').length;
      return `${file}:${line}: '${found.replace(/\s+/g, ' ')}': write ${write}`;
    });
}

/** Files that we write. @param {string} folder relative to the root @returns {string[]} relative to the root */
export function filesBelow(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory())
      return /^(node_modules|dist|coverage|\.(?!github$).*)$/.test(entry.name) ? [] : filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}
