#!/usr/bin/env node
/**
 * What another solver is worth: the same MIPs of a plan by several solvers in turn, one thread each, under one time
 * limit.
 *
 *     node tools/measure/solvers.mjs --preset few-shot-linear --set dataset.perClass=10 --mips 4 \
 *       --seconds 10 --solver highs --solver highs-native
 *
 * A row is a solver: of its MIPs how many are proven optimal, the sums of objectives and bounds and the gap between
 * them, branch-and-bound nodes, and CPU seconds of this process and of the solver's. On a shared machine the limit is
 * reached with less work done: compare nodes and bounds per CPU second. The MIPs are the first of the plan; seeds are
 * added up.
 */
import { readFileSync } from 'node:fs';
import { readArguments } from '../arguments.mjs';

const { values } = readArguments(import.meta.url, {
  options: {
    preset: { type: 'string', default: 'few-shot-linear' },
    set: { type: 'string', multiple: true, default: [] },
    solver: { type: 'string', multiple: true, default: ['highs', 'highs-native'] },
    seeds: { type: 'string', default: '0' },
    mips: { type: 'string', default: '4' },
    seconds: { type: 'string', default: '10' },
    data: { type: 'string' },
  },
});
const built = (path) => import(new URL(`../../libs/${path}/dist/index.js`, import.meta.url).href);
const [{ loadDataset }, { MemoryStore }, { openSolver }, training] = await Promise.all(
  ['dataset', 'object-store', 'solver', 'training'].map(built),
);

/** Seconds of this process and of those of its children that have ended. */
function cpuSeconds() {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return (fields[11] + fields[12] + fields[13] + fields[14]) / 100;
}

const text = readFileSync(new URL(`../../plans/${values.preset}.yaml`, import.meta.url), 'utf8');
const planOf = (seed) =>
  training.parsePlan(text, values.preset, [`solver={timeLimit: ${values.seconds}}`, ...values.set, `seed=${seed}`]);

/** The first leaves of the tree: every part's first one comes before any part's second. */
async function leavesOf(store, node, most) {
  if (node.splits.length === 0) return [node];
  const parts = (await training.divideNode(store, node, { round: 0 })).slice(0, most);
  const each = await Promise.all(parts.map((part) => leavesOf(store, part, Math.ceil(most / parts.length))));
  return each.flat().slice(0, most);
}

const sums = new Map(values.solver.map((url) => [url, { optimal: 0, objective: 0, bound: 0, nodes: 0, cpu: 0 }]));
let count = 0;
for (const seed of values.seeds.split(',').map(Number)) {
  const store = new MemoryStore();
  const plan = planOf(seed);
  const { splitSeed, ...choice } = plan.dataset;
  const dataset = await loadDataset({ ...choice, seed: splitSeed }, { dataFolder: values.data, onProgress: () => {} });
  const { node } = await training.prepareRun(plan, dataset, store);
  for (const leaf of await leavesOf(store, node, Number(values.mips))) {
    count++;
    for (const [url, sum] of sums) {
      const began = cpuSeconds();
      const solver = await openSolver(url);
      const { incumbent } = await training.solveLeaf(store, solver, leaf);
      await solver.close();
      sum.cpu += cpuSeconds() - began;
      sum.name = solver.name;
      const { objective, bound, status, stages } = await training.getIncumbent(store, incumbent);
      if (status === 'optimal') sum.optimal++;
      sum.objective += objective;
      sum.bound += bound ?? NaN;
      sum.nodes += stages.reduce((nodes, stage) => nodes + stage.nodes, 0);
    }
  }
}
console.log(`${values.preset}, ${count} MIPs, ${values.seconds} s each, seeds ${values.seeds}`);
console.log(
  '| solver | optimal | objective | bound | gap | nodes | CPU s |\n| --- | --- | --- | --- | --- | --- | --- |',
);
for (const [url, { name, optimal, objective, bound, nodes, cpu }] of sums) {
  const gap = `${((100 * (objective - bound)) / objective).toFixed(1)}%`;
  const cells = [
    `${url.split(':')[0]} (${name})`,
    optimal,
    objective.toFixed(2),
    bound.toFixed(2),
    gap,
    nodes,
    cpu.toFixed(1),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
