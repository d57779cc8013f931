#!/usr/bin/env node
/**
 * The figures of a plan, as PERFORMANCE.md quotes them: trains it for some seeds with the command as it is, and reads
 * the test accuracy of the final file, proven subproblems, times, CPU seconds of all its processes (what counts where a
 * machine is shared), and the largest resident memory of the command and of each kind of worker.
 *
 *     node tools/measure/measure.mjs --preset few-shot --set dataset.perClass=40 --seeds 0,1,2
 *
 * With --baselines, what `train TABLE.csv --class C` chooses, beside logistic regression, an RBF SVM, a random forest
 * and boosting of scikit-learn on the same rows (baselines.py); without tables on iris, wine, breast cancer and digits.
 * --methods-only leaves mipnet out:
 *
 *     node tools/measure/measure.mjs --baselines [--methods-only] [TABLE.csv ... --class C] --seeds 0,1,2,3,4
 *
 * With a plan or preset, the same four methods on the training rows that mipnet draws for it (rows.mjs exports them);
 * they use no validation rows:
 *
 *     node tools/measure/measure.mjs --baselines --preset heart --seed-key dataset.splitSeed --seeds 0,1,2,3,4
 *
 * Settings are chosen elsewhere (`mipnet sweep`, on validation images); nothing is chosen by what this prints.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../arguments.mjs';
import { statOf } from '../processor-seconds.mjs';
import { baselines, baselinesOnRows } from './baselines.mjs';

const main = fileURLToPath(new URL('../../apps/cli/dist/main.js', import.meta.url));
const { values, positionals } = readArguments(import.meta.url, {
  allowPositionals: true,
  options: {
    preset: { type: 'string' },
    baselines: { type: 'boolean', default: false },
    'methods-only': { type: 'boolean', default: false },
    class: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
    seeds: { type: 'string', default: '0,1,2' },
    'seed-key': { type: 'string', default: 'seed' },
    engine: { type: 'string', default: 'temporal' },
  },
});

/** Largest resident set so far, MiB, by role (Linux). */
const peak = {};

/** Looks at the command and everything it started. @param {Map<number, number>} cpu seconds so far of each process */
function sample(command, cpu) {
  const parents = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      parents.set(Number(pid), statOf(pid));
    } catch {
      // The process ended meanwhile.
    }
  }
  const isOurs = (pid) => pid === command || (parents.has(pid) && isOurs(parents.get(pid).parent));
  for (const [pid, { seconds }] of parents) {
    if (!isOurs(pid)) continue;
    cpu.set(pid, seconds);
    try {
      const role =
        pid === command
          ? 'command'
          : /apps\/worker\/dist\/main\.js\0--role\0(\w+)/.exec(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.[1];
      if (!role) continue;
      const kilobytes = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
      peak[role] = Math.max(peak[role] ?? 0, kilobytes / 1024);
    } catch {
      // The process ended meanwhile.
    }
  }
}

/** @param {string} seed @returns {Promise<any>} */
function train(seed) {
  const plan = positionals.length > 0 ? positionals : values.preset === undefined ? [] : ['--preset', values.preset];
  const settings = ['solver.reuse=false', ...values.set, `${values['seed-key']}=${seed}`].flatMap((setting) => [
    '--set',
    setting,
  ]);
  const child = spawn(process.execPath, [main, 'train', ...plan, '--engine', values.engine, '--json', ...settings], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const cpu = new Map();
  const watching = setInterval(() => sample(child.pid, cpu), 250);
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      clearInterval(watching);
      if (code === 0)
        resolve({ ...JSON.parse(text), cpu: [...cpu.values()].reduce((sum, seconds) => sum + seconds, 0) });
      else reject(new Error(`mipnet train with seed ${seed} ended with ${code}`));
    });
  });
}

if (values.baselines && (values.preset !== undefined || positionals.some((file) => /\.(ya?ml|json)$/.test(file)))) {
  const choice = { plan: positionals[0], preset: values.preset, set: values.set };
  await baselinesOnRows({ choice, seeds: values.seeds.split(','), seedKey: values['seed-key'] });
  process.exit(0);
}
if (values.baselines) {
  baselines({
    tables: positionals,
    label: values.class,
    seeds: values.seeds.split(','),
    methodsOnly: values['methods-only'],
  });
  process.exit(0);
}

const percent = (share) => (share === null ? 'none' : `${(100 * share).toFixed(2)}%`);
const mean = (numbers) =>
  numbers.includes(null) ? null : numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
console.log(
  '| seed | test | validation | with a bound | proven | gap | wall s | solver s | CPU s |\n| --- | --- | ' +
    '--- | --- | --- | --- | --- | --- | --- |',
);
const runs = [];
for (const seed of values.seeds.split(',')) {
  const run = await train(seed);
  runs.push(run);
  const { accuracy, subproblems: parts, seconds } = run;
  const cells = [
    seed,
    percent(accuracy.test),
    percent(accuracy.validation),
    `${parts.optimal + parts.feasible} of ${parts.total}`,
    parts.optimal,
    run.gap === null ? 'none' : percent(run.gap),
    seconds.wall.toFixed(0),
    seconds.solver.toFixed(0),
    run.cpu.toFixed(0),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
console.log(
  `| mean | ${percent(mean(runs.map((run) => run.accuracy.test)))} ` +
    `| ${percent(mean(runs.map((run) => run.accuracy.validation)))} | | | ` +
    `| ${mean(runs.map((run) => run.seconds.wall)).toFixed(0)} ` +
    `| | ${mean(runs.map((run) => run.cpu)).toFixed(0)} |`,
);
console.log(
  `\npeak resident memory: ${
    Object.entries(peak)
      .map(([role, megabytes]) => `${role} ${megabytes.toFixed(0)} MiB`)
      .join(', ') || 'no worker process'
  }`,
);
