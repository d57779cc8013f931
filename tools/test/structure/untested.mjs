import { dirname, join, normalize } from 'node:path';
import { isTest } from './sources.mjs';

/** Longer files need a test that imports them, or a line in their header that names the test which covers them. */
const mostLinesUntested = 40;

/** `Tested by x.unit.test.ts and y.int.test.ts.`, in a comment: the paths are relative to the file. */
const named = /\bTested by ((?:\S+\.test\.ts(?:, | and )?)+)/g;

/**
 * Source files without a test. A test in TypeScript counts for what it imports; a file that only hands on names
 * (`index.ts`, `export ... from`) counts for nothing.
 * @param {import('./sources.mjs').Source[]} sources
 * @returns {string[]}
 */
export function untested(sources) {
  const paths = new Set(sources.map(({ path }) => path));
  const imported = new Set(sources.filter(({ path }) => isTest(path)).flatMap(({ files }) => files));
  return sources
    .filter(({ path, lines }) => needsTest(path) && lines > mostLinesUntested && !imported.has(path))
    .flatMap(({ path, text }) => {
      const tests = [...text.matchAll(named)]
        .flatMap(([, list]) => list.split(/, | and /))
        .map((test) => normalize(join(dirname(path), test)));
      if (tests.length === 0)
        return [`${path}: no test imports it, and its header does not say "Tested by x.unit.test.ts"`];
      return tests.filter((test) => !paths.has(test)).map((test) => `${path}: there is no ${test}`);
    });
}

/** What runs for users: apps and libs without their tests and what only tests use. */
function needsTest(path) {
  return (
    /^(apps|libs)\/[^/]+\/src\//.test(path) &&
    path.endsWith('.ts') &&
    !path.endsWith('/index.ts') &&
    !isTest(path) &&
    !/\/(testing|fixtures|conformance)\//.test(path) &&
    !path.endsWith('/conformance.ts')
  );
}
