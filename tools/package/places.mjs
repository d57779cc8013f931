import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { entries } from './entries.mjs';

/**
 * Files that the code finds by a path from its own: the path in a checkout, and the path in the package, where all
 * code is in the folder `dist/npm`.
 */
const places = {
  'apps/cli/dist/plan/presets.js': ['../../../../plans/', '../../plans/'],
  'libs/stack/dist/worker-processes.js': ['../../../apps/worker/dist/main.js', './worker.js'],
  'libs/solver/dist/child/python-process.js': ['../../python/solve.py', './solve.py'],
  'apps/worker/dist/workflow-code.js': ['../dist/workflow-bundle.js', './workflow-bundle.js'],
};

/** Files that use a constant of the build, or look for themselves: they are right in the package, too. */
const checked = [
  'apps/cli/dist/program/version.js',
  'apps/worker/dist/deployment.js',
  'apps/worker/dist/workflow-code.js',
  'libs/runs/dist/life/environment-of.js',
  'libs/solver/dist/code-version.js',
];

/**
 * Corrects the paths of `places` while esbuild reads the code, and refuses code that finds a file in another way: it
 * would not be there in the package.
 * @param {string} root
 * @returns {import('esbuild').Plugin}
 */
export const placesPlugin = (root) => ({
  name: 'places',
  setup(build) {
    const filter = new RegExp(`^${root.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}/(apps|libs)/[^/]+/dist/.*\\.js$`);
    build.onLoad({ filter }, async ({ path }) => {
      const name = relative(root, path);
      const text = await readFile(path, 'utf8');
      if (!text.includes('import.meta')) return { contents: text };
      const [from, to] = places[name] ?? [];
      const use = (place) => `new URL('${place}', import.meta.url)`;
      if (from !== undefined && !text.includes(use(from)))
        throw new Error(`${name} finds nothing by '${from}' any more; correct tools/package/places.mjs`);
      const contents = from === undefined ? text : text.replaceAll(use(from), use(to));
      const strange = checked.includes(name) ? [] : strangePaths(contents, to);
      if (strange.length > 0)
        throw new Error(
          `${name} finds files by ${strange.join(', ')}; say in tools/package/places.mjs where they are in the package`,
        );
      return { contents };
    });
  },
});

/** Uses of `import.meta` that are neither corrected nor name a program of the package. */
function strangePaths(text, corrected) {
  const programs = Object.keys(entries).map((name) => `./${name}.js`);
  return [...text.matchAll(/(?:new URL\('([^']*)', )?import\.meta[.\w]*/g)]
    .filter(([, path]) => path === undefined || (path !== corrected && !programs.includes(path)))
    .map(([use]) => use);
}
