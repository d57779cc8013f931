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
  encoding: ['network', 'mip', 'bounds', 'solver'],
  training: ['network', 'mip', 'encoding', 'solver', 'dataset', 'object-store', 'recursion'],
  verification: ['network', 'mip', 'bounds', 'branching', 'encoding', 'solver', 'dataset', 'object-store', 'recursion'],
  report: ['network', 'recursion', 'text'],
  study: ['network', 'mip', 'bounds', 'encoding', 'solver', 'training', 'verification', 'dataset', 'report'],
  workflows: ['recursion', 'object-store', 'text'],
  stack: ['workflows', 'object-store', 'text'],
  activities: [
    'training',
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
    'training',
    'verification',
    'dataset',
    'network',
    'report',
  ],
  autoscaler: ['workflows'],
  worker: ['activities', 'workflows', 'object-store'],
  cli: [
    'runs',
    'stack',
    'text',
    'training',
    'verification',
    'study',
    'dataset',
    'network',
    'recursion',
    'object-store',
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
);
