import { defineConfig } from 'vitest/config';

const common = { exclude: ['**/node_modules/**', '**/dist/**'], hookTimeout: 120_000, setupFiles: ['tools/test/property-seed.mjs'] };

/** Three levels, told apart by file name: unit (in process), int (a real server or thread), e2e (the command). */
export default defineConfig({
  test: {
    projects: [
      { test: { ...common, name: 'unit', include: ['{libs,apps,tools,infra}/**/*.unit.test.ts'], testTimeout: 30_000 } },
      { test: { ...common, name: 'int', include: ['{libs,apps,tools,infra}/**/*.int.test.ts'], testTimeout: 120_000 } },
      { test: { ...common, name: 'e2e', include: ['{libs,apps,tools,infra}/**/*.e2e.test.ts'], testTimeout: 300_000, fileParallelism: false } },
    ],
  },
});
