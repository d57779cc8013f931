import { describe, expect, it } from 'vitest';
// @ts-expect-error plain JavaScript: the runner has to work before anything is compiled
import { coverageText, summarize } from './vitest.mjs';

function report(...files: { status: string; message?: string; tests: [status: string, name: string][] }[]) {
  return {
    numPassedTests: files.flatMap((file) => file.tests).filter(([status]) => status === 'passed').length,
    testResults: files.map((file, index) => ({
      name: `${process.cwd()}/libs/package/src/file${index}.unit.test.ts`,
      status: file.status,
      message: file.message ?? '',
      assertionResults: file.tests.map(([status, fullName]) => ({
        status,
        fullName,
        failureMessages: status === 'failed' ? ['Error: no\n    at line 1'] : [],
      })),
    })),
  };
}

describe('summary of a test level', () => {
  it('counts passed, failed and skipped tests and names what failed', () => {
    const summary = summarize(
      report({
        status: 'failed',
        tests: [
          ['passed', 'a'],
          ['failed', 'b c'],
          ['skipped', 'd'],
          ['todo', 'e'],
        ],
      }),
      1,
    );
    expect(summary).toMatchObject({ passed: 1, failed: 1, skipped: 2 });
    expect(summary.notes[0]).toContain('file0.unit.test.ts > b c: Error: no');
    expect(summary.notes[0]).not.toContain('line 1');
  });

  it('counts a file that cannot be loaded as one failure', () => {
    const summary = summarize(
      report(
        { status: 'failed', message: 'Cannot find module', tests: [] },
        { status: 'passed', tests: [['passed', 'a']] },
      ),
      1,
    );
    expect(summary).toMatchObject({ passed: 1, failed: 1 });
    expect(summary.notes).toEqual([expect.stringContaining('Cannot find module')]);
  });

  it('does not let an error outside the tests pass', () => {
    expect(summarize(report({ status: 'passed', tests: [['passed', 'a']] }), 1)).toMatchObject({
      passed: 1,
      failed: 1,
    });
  });

  it('tells a crash from a level without tests', () => {
    expect(summarize(undefined, 134)).toMatchObject({ passed: 0, failed: 1 });
    expect(summarize(undefined, 0)).toMatchObject({ passed: 0, failed: 0 });
  });
});

it('coverage is one line; a file that no unit test runs is counted', () => {
  const of = (total: number, covered: number) => ({ total, covered, pct: (100 * covered) / total });
  const file = (covered: number) => ({ lines: of(10, covered), functions: of(2, 1), branches: of(4, 1) });
  expect(coverageText({ total: file(5), 'a.ts': file(10), 'b.ts': file(0) })).toBe(
    'unit tests run 50.0% of the lines, 50.0% of the functions and 25.0% of the branches of their own package; ' +
      '1 files belong to int and e2e tests alone',
  );
});
