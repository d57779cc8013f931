/**
 * `./mipnet test [all] [PART]... [file filter]...`: every check, or the named parts, or the tests whose path contains a
 * filter. `all` adds the nightly tests, which take too long for every change (MIPNET_NIGHTLY=1). Two parts run at once:
 * one that starts servers and commands, and one that computes. Tools speak on stderr; stdout gets the summary. Its last
 * line is `N passed, N failed`, with each check of the sources and each other version of Node.js as one; the line
 * before it says how many tests were skipped, if any.
 */
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { docs } from './docs.mjs';
import { format } from './format.mjs';
import { lint } from './lint.mjs';
import { nodes } from './nodes.mjs';
import { packages } from './packages.mjs';
import { python } from './python.mjs';
import { prepareServers } from './servers.mjs';
import { structure } from './structure/structure.mjs';
import { types } from './types.mjs';
import { unused } from './unused.mjs';
import { vitest } from './vitest.mjs';

/**
 * What a part found.
 * @typedef {{ passed: number, failed: number, skipped: number, notes: string[] }} Result
 */

const levels = ['unit', 'int', 'e2e'];
/** Parts that read the sources alone; the others need the compiled packages. */
const checks = { lint, format, structure, unused };
const parts = [...Object.keys(checks), 'types', 'packages', ...levels, 'nodes', 'python', 'docs'];
/** Runs by its name only: the unit tests once more, slower, to measure what they cover. */
const onDemand = ['coverage'];

const isNightly = process.argv[2] === 'all';
if (isNightly) process.env.MIPNET_NIGHTLY = '1';
const words = process.argv.slice(isNightly ? 3 : 2);
const option = words.find((word) => word.startsWith('-'));
if (option !== undefined) {
  const usage = `usage: ./mipnet test [all] [PART]... [file filter]...\nall: with the nightly tests\nparts: ${[...parts, ...onDemand].join(', ')}`;
  const isHelp = ['--help', '-h'].includes(option);
  if (isHelp) console.log(usage);
  else console.error(`mipnet test has no option ${option}\n${usage}`);
  process.exit(isHelp ? 0 : 2);
}
const named = words.filter((word) => [...parts, ...onDemand].includes(word));
const filters = words.filter((word) => !named.includes(word));
const chosen = [...parts, ...onDemand].filter((part) => {
  if (named.length > 0) return named.includes(part) || (part === 'types' && named.some((other) => !(other in checks)));
  // A filter asks for tests; they need the compiled packages, which is what 'types' makes.
  if (onDemand.includes(part)) return false;
  return filters.length === 0 || !(part in checks || ['packages', 'nodes', 'python', 'docs'].includes(part));
});

const isTests = (part) => levels.includes(part) || part === 'coverage';

/** @param {string} part @returns {Promise<Result>} */
async function run(part) {
  if (part in checks) return checks[part]();
  if (part === 'types') return types();
  if (part === 'packages') return packages();
  if (part === 'docs') return docs();
  if (part === 'python') return python();
  if (part === 'coverage') return vitest('unit', filters, { withCoverage: true });
  const env = part === 'unit' ? {} : await prepareServers(part);
  if (part === 'nodes') return nodes(env);
  // 'types' has just built them.
  const programs = join(import.meta.dirname, '..', '..', 'dist', 'programs');
  return vitest(part, filters, {
    env: part === 'e2e' ? { ...env, MIPNET_TEST_PROGRAMS: programs } : env,
    // Two reports at once cannot be read.
    speaksAtEnd: part === 'unit' && ['int', 'e2e'].some((other) => chosen.includes(other)),
  });
}

const total = { passed: 0, failed: 0, skipped: 0 };
/** What failed, once more at the end: a log may be cut at its beginning. */
const failures = [];
let ran = 0;
async function report(part) {
  process.stderr.write(`\n== ${part}\n`);
  const started = performance.now();
  /** @type {Result} */
  const result = await run(part).catch((error) => ({
    passed: 0,
    failed: 1,
    skipped: 0,
    notes: [`${part} could not run: ${error.stack ?? error}`],
  }));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const skipped = result.skipped > 0 ? `, ${result.skipped} skipped` : '';
  console.log(`${part.padEnd(9)} ${result.passed} passed, ${result.failed} failed${skipped}  (${seconds} s)`);
  const notes = result.notes.map((note) => `          ${note.replaceAll('\n', '\n          ')}`);
  for (const note of notes) console.log(note);
  if (result.failed > 0) failures.push(part, ...notes);
  for (const key of /** @type {const} */ (['passed', 'failed', 'skipped'])) total[key] += result[key];
  if (isTests(part)) ran += result.passed + result.failed;
}

/** The chosen ones of these parts, one after the other. */
async function inOrder(...names) {
  for (const part of names.filter((each) => chosen.includes(each))) await report(part);
}

// Tests of servers and commands wait for much of their time; what only computes runs beside them, and ends before.
const compiling = inOrder('types');
await Promise.all([
  compiling.then(() => inOrder('int', 'e2e')),
  inOrder('format', 'structure', 'unused')
    .then(() => compiling)
    .then(() => inOrder('lint', 'unit', 'coverage', 'packages', 'python', 'docs', 'nodes')),
]);

if (ran === 0 && chosen.some(isTests)) {
  console.log(`no test ran${filters.length > 0 ? `: no test file has ${filters.join(' or ')} in its path` : ''}`);
  total.failed += 1;
}
if (failures.length > 0) console.log(`\nfailed:\n${failures.join('\n')}`);
if (total.skipped > 0) console.log(`${total.skipped} skipped`);
// The last line is the contract; nothing may follow it.
process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
