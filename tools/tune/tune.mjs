#!/usr/bin/env node
/**
 * Compares settings of a plan by their accuracy on VALIDATION images; test images are never looked at.
 *
 *     node tools/tune/tune.mjs --preset few-shot --set dataset.perClass=40 --try objectives.0.fit.margin=8,12,16 --try
 *     dataset.shifts=0,4 --seeds 0,1,2
 *
 * Every combination of the values is trained with `./mipnet train --json` in this process's environment. Prints one
 * Markdown row a combination: mean validation accuracy over the seeds, proven share, seconds.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../arguments.mjs';

const main = fileURLToPath(new URL('../../apps/cli/dist/main.js', import.meta.url));
const { values, positionals } = readArguments(import.meta.url, {
  allowPositionals: true,
  options: {
    preset: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
    try: { type: 'string', multiple: true, default: [] },
    seeds: { type: 'string', default: '0,1,2' },
    'seed-key': { type: 'string', default: 'seed' },
    engine: { type: 'string', default: 'local' },
  },
});

const axes = values.try.map((axis) => {
  const at = axis.indexOf('=');
  return axis
    .slice(at + 1)
    .split(',')
    .map((value) => `${axis.slice(0, at)}=${value}`);
});
const combinations = axes.reduce(
  (all, axis) => all.flatMap((settings) => axis.map((setting) => [...settings, setting])),
  [[]],
);

/** @param {string[]} settings */
function train(settings) {
  const plan = positionals.length > 0 ? positionals : values.preset === undefined ? [] : ['--preset', values.preset];
  const args = [
    main,
    'train',
    ...plan,
    '--engine',
    values.engine,
    '--json',
    ...['solver.reuse=false', ...values.set, ...settings].flatMap((setting) => ['--set', setting]),
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`mipnet train ${settings.join(' ')} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
const seeds = values.seeds.split(',');
console.log(
  `| settings | validation accuracy (mean of seeds ${seeds.join(', ')}) | gap | proven | wall s |\n| --- ` +
    '| --- | --- | --- | --- |',
);
for (const settings of combinations) {
  const runs = seeds.map((seed) => train([...settings, `${values['seed-key']}=${seed}`]));
  const cells = [
    settings.join(', ') || 'as it is',
    `${(100 * mean(runs.map((run) => run.accuracy.validation))).toFixed(2)}%`,
    `${(100 * mean(runs.map((run) => run.gap))).toFixed(1)}%`,
    `${mean(runs.map((run) => run.subproblems.optimal)).toFixed(1)} of ${runs[0].subproblems.total}`,
    mean(runs.map((run) => run.seconds.wall)).toFixed(0),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
