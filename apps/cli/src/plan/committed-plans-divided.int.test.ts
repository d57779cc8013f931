import { openAnyStore } from '@mipnet/activities';
import { prepareRun, outlineTree } from '@mipnet/training';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadChosenDataset } from '../data/load-data.js';
import { readPlan } from './read-plan.js';
import { refuseTooLarge } from './refuse-too-large.js';
import { root, silent, trainPlans } from './testing/committed-plans.js';

const folder = mkdtempSync(join(tmpdir(), 'mipnet-plans-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const isNightly = process.env.MIPNET_NIGHTLY === '1';

/**
 * The parts, their number and their size stay those of all data, whose fixed layers take minutes: copies do not change
 * the parts, and the largest batch of `mnist` and `mnist-ternary` is as large with 600 images per class.
 */
const fewer = (file: string): readonly string[] => {
  if (file.includes('few-shot-conv')) return ['dataset.affine=1'];
  if (!/plans\/mnist/.test(file)) return [];
  return ['dataset.affine.copies=1', ...(isNightly ? [] : ['dataset.perClass=600'])];
};

describe('plans that are committed', () => {
  it('are found', () => {
    expect(trainPlans).toContain('plans/quickstart.yaml');
  });

  it.each(trainPlans)(
    '%s is divided within the limits of the server, on all of its data',
    async (file) => {
      const { plan, indices, start } = await readPlan({ plan: join(root, file), set: fewer(file) });
      if (plan.dataset.name !== 'digits' && !process.env.MIPNET_DATA) return;
      // Plans with the same fixed layers share their outputs.
      const store = await openAnyStore(join(folder, 'outlines'));
      const { problem } = await prepareRun(
        plan,
        await loadChosenDataset(plan.dataset, undefined, silent),
        store,
        indices,
        start,
      );
      const outline = await outlineTree(store, problem);
      refuseTooLarge(outline);
      expect(outline.groups.length).toBeGreaterThan(0);
    },
    600_000,
  );
});
