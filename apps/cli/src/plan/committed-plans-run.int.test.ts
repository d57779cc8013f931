import { openAnyStore } from '@mipnet/activities';
import { ensureStoreId } from '@mipnet/object-store';
import { inputSize, outputSize } from '@mipnet/network';
import { LocalEngine } from '@mipnet/runs';
import { parseStudy, trainingOf } from '@mipnet/study';
import { prepareRun } from '@mipnet/training';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadChosenDataset } from '../data/load-data.js';
import { givenNetworks } from '../study/study-subjects.js';
import { readPlan } from './read-plan.js';
import { committed, root, silent, studies, trainPlans } from './testing/committed-plans.js';

const folder = mkdtempSync(join(tmpdir(), 'mipnet-plans-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What makes a run of every plan a matter of seconds: few samples, and almost no search and no work for MIPs. */
const small = ['solver.workLimit=0', 'solver.searchLimit=1', 'solver.reuse=false'];
const few: Readonly<Record<string, readonly string[]>> = {
  mnist: ['dataset.name=digits', 'dataset.perClass=3', 'dataset.shifts=0', 'dataset.validationPerClass=2'],
  heart: ['dataset.examples=12'],
  adult: ['dataset.examples=40'],
};

/**
 * Heavier sisters of other plans, of columns-table and, by its splits, of branch-and-bound.e2e.test.ts. By day they are
 * divided (committed-plans-divided.int.test.ts).
 */
const heavier = ['adult-few', 'columns-images', 'few-shot-conv2', 'few-shot-proven', 'mnist-ternary'];
const isByDay = (file: string): boolean => !heavier.some((name) => file === `plans/${name}.yaml`);
const plans = process.env.MIPNET_NIGHTLY === '1' ? trainPlans : trainPlans.filter(isByDay);

describe('plans that are committed', () => {
  it('are found', () => {
    expect(trainPlans).toContain('plans/quickstart.yaml');
    expect(trainPlans.filter((file) => !isByDay(file))).toHaveLength(heavier.length);
    expect(studies).toContain('plans/compare/measured.yaml');
  });

  it.each(plans)(
    '%s runs, with few samples and limits near zero',
    async (file) => {
      const { dataset } = (await readPlan({ plan: join(root, file), set: [] })).plan;
      if (dataset.name !== 'mnist' && !process.env.MIPNET_DATA) return;
      const copies = typeof dataset.affine === 'object' ? 'dataset.affine.copies=2' : 'dataset.affine=2';
      const set = [...few[dataset.name], ...(dataset.affine === undefined ? [] : [copies]), ...small];
      if (/few-shot\.yaml$/.test(file)) set.push('network.0.dense=90');
      const { plan, indices, start } = await readPlan({ plan: join(root, file), set });
      const store = await openAnyStore(mkdtempSync(join(folder, 'store-')));
      const { node } = await prepareRun(
        plan,
        await loadChosenDataset(plan.dataset, undefined, silent),
        store,
        indices,
        start,
      );
      const engine = new LocalEngine(store, 2);
      const solved = await engine
        .run({
          run: 'plan',
          node,
          store: await ensureStoreId(store),
          onProgress: silent,
          signal: new AbortController().signal,
        })
        .finally(() => engine.close());
      expect(solved.stopped).toBe(false);
      expect(solved.incumbent).toBeDefined();
      expect(solved.leaves.failed).toBe(0);
    },
    600_000,
  );

  it.each(studies)('%s names networks that are there and fit its data, or plans that can train them', async (file) => {
    const plan = parseStudy(readFileSync(join(root, file), 'utf8'), file);
    const given = await givenNetworks(plan, dirname(join(root, file)));
    for (const network of given.values()) expect([inputSize(network), outputSize(network)]).toEqual([784, 10]);
    for (const entry of plan.networks)
      expect(trainingOf(plan, entry) !== undefined || given.has(entry.name)).toBe(true);
    expect(committed('plans/compare/networks').every((name) => existsSync(join(root, name)))).toBe(true);
  });
});
