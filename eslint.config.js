import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

// One-way doors: what each room may import. docs/design.md explains the rooms.
const doors = {
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
  training: ['network', 'mip', 'bounds', 'encoding', 'solver', 'dataset', 'object-store', 'recursion'],
  verification: ['network', 'mip', 'bounds', 'branching', 'encoding', 'solver', 'dataset', 'object-store', 'recursion'],
  report: ['network', 'text'],
  study: ['network', 'mip', 'bounds', 'encoding', 'solver', 'training', 'verification', 'dataset', 'report'],
  workflows: ['recursion', 'object-store', 'text'],
  stack: ['workflows', 'object-store', 'text'],
  activities: [
    'training',
    'verification',
    'network',
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
    'verification',
    'dataset',
    'network',
    'report',
  ],
  autoscaler: ['workflows'],
  worker: ['activities', 'workflows', 'object-store', 'object-store-s3', 'solver', 'training'],
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
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          allow: [],
          depConstraints: [
            ...Object.entries(doors).map(([room, open]) => ({
              sourceTag: `room:${room}`,
              onlyDependOnLibsWithTags: [room, 'errors', ...open].map((name) => `room:${name}`),
            })),
            // tools/ and the files at the root stand outside the rooms and may open any door.
            { sourceTag: 'room:workspace', onlyDependOnLibsWithTags: ['*'] },
          ],
        },
      ],
    },
  },
);
