import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/**
 * One level of tests: a project of vitest.config.ts. vitest's own report goes to stderr as it runs.
 * @param {string} project
 * @param {string[]} filters parts of file paths; none means all
 * @param {{ env?: Record<string, string>, withCoverage?: boolean, speaksAtEnd?: boolean }} options `env`: added to
 *   ours; `withCoverage`: measures which lines of apps and libs the tests of the same package run; `speaksAtEnd`:
 *   vitest's report comes at the end, whole
 * @returns {Promise<import('./run.mjs').Result>}
 */
export async function vitest(project, filters, { env = {}, withCoverage = false, speaksAtEnd = false }) {
  const folder = await mkdtemp(join(tmpdir(), 'mipnet-test-'));
  const file = join(folder, 'report.json');
  try {
    const child = spawn(
      process.execPath,
      [
        join(root, 'node_modules', 'vitest', 'vitest.mjs'),
        ...[
          'run',
          '--project',
          project,
          '--passWithNoTests',
          '--reporter=default',
          '--reporter=json',
          `--outputFile.json=${file}`,
        ],
        // Commands wait for servers and for each other's end: three files at once keep both cores of a small machine
        // busy.
        ...(project === 'unit' ? ['--maxWorkers=2'] : ['--fileParallelism', '--maxWorkers=3']),
        ...(withCoverage ? coverageArguments(folder) : []),
        ...filters,
      ],
      // Its stdout is our stderr: our stdout is for the summary.
      {
        cwd: root,
        env: { ...process.env, ...env },
        stdio: speaksAtEnd ? ['ignore', 'pipe', 'pipe'] : ['ignore', 2, 2],
      },
    );
    const said = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => said.push(chunk));
    const [code] = await once(child, 'close');
    process.stderr.write(Buffer.concat(said));
    const report = await readFile(file, 'utf8').then(JSON.parse, () => undefined);
    const result = summarize(report, code);
    if (withCoverage) result.notes.push(coverageText(JSON.parse(await readFile(join(folder, summaryFile), 'utf8'))));
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const summaryFile = 'coverage-summary.json';

const coverageArguments = (folder) => [
  ...['--coverage', '--coverage.provider=v8', '--coverage.reporter=json-summary', '--coverage.reportOnFailure'],
  ...['--coverage.include={libs,apps}/*/src/**/*.ts', '--coverage.exclude=**/{testing,fixtures,conformance}/**'],
  `--coverage.reportsDirectory=${folder}`,
];

/** One line for a person; a test that runs another package runs its compiled form, which does not count. */
export function coverageText({ total, ...files }) {
  const none = Object.values(files).filter(({ lines }) => lines.total > 0 && lines.covered === 0).length;
  const share = ({ pct }) => `${pct.toFixed(1)}%`;
  return (
    `unit tests run ${share(total.lines)} of the lines, ${share(total.functions)} of the functions and ` +
    `${share(total.branches)} of the branches of their own package; ${none} files belong to int and e2e tests alone`
  );
}

/** @returns {import('./run.mjs').Result} */
export function summarize(report, code) {
  if (report === undefined) {
    // With no test file at all vitest may leave no report; that is not a failure of a test.
    return code === 0
      ? { passed: 0, failed: 0, skipped: 0, notes: [] }
      : { passed: 0, failed: 1, skipped: 0, notes: [`vitest ended with exit code ${code} and left no report`] };
  }
  const notes = [];
  const result = { passed: report.numPassedTests, failed: 0, skipped: 0, notes };
  for (const file of report.testResults) {
    const name = relative(root, file.name);
    const failures = file.assertionResults.filter((test) => test.status === 'failed');
    for (const test of failures) notes.push(`FAILED ${name} > ${test.fullName}: ${firstLine(test.failureMessages[0])}`);
    result.failed += failures.length;
    if (file.status === 'failed' && failures.length === 0) {
      notes.push(`FAILED ${name}: ${firstLine(file.message)}`);
      result.failed += 1;
    }
    const skipped = file.assertionResults.filter((test) =>
      ['pending', 'skipped', 'todo', 'disabled'].includes(test.status),
    ).length;
    if (skipped > 0) notes.push(`skipped ${skipped} in ${name}`);
    result.skipped += skipped;
  }
  // An error outside every test, an unhandled rejection for example, fails the run without failing a test.
  if (code !== 0 && result.failed === 0) {
    notes.push(`FAILED vitest ended with exit code ${code} though every test passed; its report above names the error`);
    result.failed = 1;
  }
  return result;
}

function firstLine(text) {
  return (text ?? 'no message').trim().split('\n')[0];
}
