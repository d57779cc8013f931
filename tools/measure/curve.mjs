#!/usr/bin/env node
/**
 * The curve of a run: the objective on all the data after each round of the outermost split (batches, or a descent
 * through layers), as a Markdown table. It never rises.
 *
 *     node tools/measure/curve.mjs --preset greedy-layers --set 'splits=[{layers: {cycles: 3}}]' --set
 * solver.workLimit=0
 *
 * Runs in one process with a store that is removed at the end.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments } from '../arguments.mjs';

const built = (path) => import(new URL(`../../${path}`, import.meta.url).href);
const { readPlan } = await built('apps/cli/dist/plan/read-plan.js');
const { loadChosenDataset } = await built('apps/cli/dist/data/load-data.js');
const { LocalEngine } = await built('libs/runs/dist/index.js');
const { openAnyStore } = await built('libs/activities/dist/index.js');
const { getIncumbent, prepareRun } = await built('libs/training/dist/index.js');

const { values, positionals } = readArguments(import.meta.url, {
  allowPositionals: true,
  options: { preset: { type: 'string' }, set: { type: 'string', multiple: true, default: [] } },
});
const folder = await mkdtemp(join(tmpdir(), 'mipnet-curve-'));
const store = await openAnyStore(`file://${folder}`);
const { plan, indices, start } = await readPlan({ plan: positionals[0], preset: values.preset, set: values.set });
const { node } = await prepareRun(
  plan,
  await loadChosenDataset(plan.dataset, undefined, () => undefined),
  store,
  indices,
  start,
);
const engine = new LocalEngine(store, 1);
try {
  const solved = await engine.run({
    run: 'curve',
    node,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  const { stages } = await getIncumbent(store, solved.incumbent);
  console.log('| round | objective | proven bound | LP iterations |\n| --- | --- | --- | --- |');
  for (const { objective, value, bound, work } of stages)
    console.log(`| ${objective} | ${value.toFixed(2)} | ${bound === null ? 'none' : bound.toFixed(2)} | ${work} |`);
} finally {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
}
