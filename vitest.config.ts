import { defineConfig } from 'vitest/config';
// @ts-expect-error plain JavaScript: the runner has to work before anything is compiled
import { LongestFirst } from './tools/test/longest-first.mjs';

const common = {
  exclude: ['**/node_modules/**', '**/dist/**'],
  hookTimeout: 600_000,
  setupFiles: ['tools/test/property-seed.mjs'],
  // Compiled packages are loaded as a program loads them; to transform their files takes longer than many a test.
  server: { deps: { external: [/\/(apps|libs|tools)\/[^/]+\/dist\//] } },
};

/**
 * Three levels, told apart by file name: unit (in process), int (a real server or thread), e2e (the command). The time
 * limits end tests that hang; they are many times what a test takes, so that a busy machine fails none.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['{libs,apps,tools,infra}/**/*.unit.test.ts'],
          testTimeout: 300_000,
          // A process for each file takes longer than most files. What they share is loaded modules.
          isolate: false,
        },
      },
      { test: { ...common, name: 'int', include: ['{libs,apps,tools,infra}/**/*.int.test.ts'], testTimeout: 600_000 } },
      {
        test: {
          ...common,
          name: 'e2e',
          include: ['{libs,apps,tools,infra}/**/*.e2e.test.ts'],
          testTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
