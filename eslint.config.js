import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Columns of a line, as in .editorconfig and .prettierrc.json. */
export const widest = 120;

/**
 * What each package may import, beside `errors`, which everybody may; docs/design.md explains the packages.
 * `./mipnet test structure` finds entries that nothing uses.
 */
export const dependencies = {
  errors: [],
  text: [],
  network: [],
  mip: [],
  'object-store': [],
  'test-servers': [],
  recursion: ['object-store'],
  'object-store-s3': ['object-store', 'test-servers'],
  dataset: ['object-store'],
  solver: ['mip'],
  bounds: ['network'],
  branching: ['network', 'bounds'],
  checker: [],
  encoding: ['network', 'mip', 'bounds', 'solver'],
  training: ['network', 'mip', 'encoding', 'solver', 'dataset', 'object-store', 'recursion'],
  sweep: ['training', 'solver', 'dataset', 'object-store', 'recursion'],
  verification: [
    'network',
    'mip',
    'bounds',
    'branching',
    'checker',
    'encoding',
    'solver',
    'dataset',
    'object-store',
    'recursion',
  ],
  report: ['network', 'recursion', 'text'],
  study: ['network', 'mip', 'bounds', 'encoding', 'solver', 'training', 'verification', 'dataset', 'report'],
  workflows: ['recursion', 'object-store', 'text'],
  stack: ['workflows', 'object-store', 'text'],
  activities: [
    'training',
    'sweep',
    'verification',
    'solver',
    'object-store',
    'object-store-s3',
    'recursion',
    'dataset',
    'workflows',
  ],
  runs: [
    'stack',
    'text',
    'activities',
    'workflows',
    'recursion',
    'object-store',
    'solver',
    'training',
    'sweep',
    'verification',
    'dataset',
    'network',
    'report',
  ],
  autoscaler: ['workflows'],
  worker: ['activities', 'workflows', 'object-store', 'solver'],
  cli: [
    'checker',
    'runs',
    'stack',
    'text',
    'training',
    'sweep',
    'verification',
    'study',
    'dataset',
    'network',
    'recursion',
    'object-store',
    'object-store-s3',
    'workflows',
    'activities',
    'autoscaler',
    'report',
    'solver',
    'test-servers',
  ],
};

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.js', '**/*.mjs'],
    plugins: { '@nx': nx },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-params': ['error', 5],
      // Titles of tests, URLs, regular expressions and templates cannot always be broken; `structure` counts what is
      // left.
      'max-len': [
        'error',
        {
          code: widest,
          ignoreUrls: true,
          ignoreRegExpLiterals: true,
          ignoreTemplateLiterals: true,
          ignorePattern: '^\\s*(describe|test|it)(\\.\\w+)*\\(',
        },
      ],
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          // A package with a light entry beside a heavy one is imported in both ways.
          checkDynamicDependenciesExceptions: ['.*'],
          allow: [],
          depConstraints: [
            ...Object.entries(dependencies).map(([name, allowed]) => ({
              sourceTag: `package:${name}`,
              onlyDependOnLibsWithTags: [name, 'errors', ...allowed].map((each) => `package:${each}`),
            })),
            // tools/, infra/ and the files at the root may import every package.
            { sourceTag: 'package:workspace', onlyDependOnLibsWithTags: ['*'] },
          ],
        },
      ],
    },
  },
  {
    // A unit test gives the same on every machine at every moment. Time: vi.useFakeTimers; numbers: seeded.
    files: ['**/*.unit.test.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'no wall clock in unit tests' },
        { object: 'performance', property: 'now', message: 'no wall clock in unit tests' },
        { object: 'Math', property: 'random', message: 'draw from a seed in unit tests' },
      ],
      'no-restricted-globals': ['error', { name: 'setTimeout', message: 'no sleep in unit tests' }],
      'no-restricted-imports': [
        'error',
        ...['node:timers/promises', 'node:http', 'node:net', 'node:worker_threads'].map((name) => ({
          name,
          message: 'a test that sleeps, or needs a server or a thread, is an x.int.test.ts',
        })),
      ],
    },
  },
);
