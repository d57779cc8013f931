#!/usr/bin/env node
/**
 * What a second slot is worth on one plan, in one process without a server: `train --engine local` with one slot and
 * with two, in turn.
 *
 *     node tools/bench/two-slots.mjs --preset few-shot-proven
 *     node tools/bench/two-slots.mjs --preset columns-table --set splits.0.columns.weights=5 \
 *       --set splits.0.columns.rounds=4
 *
 * `seconds` is the wall time of the run without loading the data and testing the network, `busy` the processor seconds
 * of the process in that time, divided by it: how many cores the run had. `speedUp` compares wall times, so it needs
 * cores that nobody else uses; `busy` of two slots, beside that of one, says how far other work is to blame.
 */
import { spawn } from 'node:child_process';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../arguments.mjs';
import { statOf } from '../processor-seconds.mjs';

const main = fileURLToPath(new URL('../../apps/cli/dist/main.js', import.meta.url));
const { values, positionals } = readArguments(import.meta.url, {
  allowPositionals: true,
  options: {
    preset: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
    order: { type: 'string', default: '1,2,2,1' },
  },
});
/** @param {number} slots @returns {Promise<Record<string, number>>} */
function measure(slots) {
  const plan = positionals.length > 0 ? positionals : ['--preset', values.preset ?? 'quickstart'];
  const settings = ['solver.reuse=false', ...values.set].flatMap((setting) => ['--set', setting]);
  const asked = ['--engine', 'local', '--slots', String(slots), '--json'];
  const child = spawn(process.execPath, [main, 'train', ...plan, ...asked, ...settings], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let cpu = 0;
  const watching = setInterval(() => {
    try {
      cpu = statOf(child.pid).seconds;
    } catch {
      // The process ended meanwhile.
    }
  }, 100);
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  return new Promise((resolve, reject) =>
    child.once('close', (code) => {
      clearInterval(watching);
      if (code !== 0) return reject(new Error(`mipnet train ended with ${code}`));
      const { seconds, subproblems, objective, accuracy } = JSON.parse(text);
      const result = {
        slots,
        seconds: seconds.wall,
        solver: seconds.solver,
        merge: seconds.merge,
        processor: cpu,
        busy: cpu / seconds.wall,
        leaves: subproblems.total,
        optimal: subproblems.optimal,
        objective,
        test: accuracy.test,
        load: loadavg()[0],
      };
      console.log(JSON.stringify(result, (_, value) => (typeof value === 'number' ? Number(value.toFixed(3)) : value)));
      resolve(result);
    }),
  );
}

const results = [];
for (const slots of values.order.split(',').map(Number)) results.push(await measure(slots));
const mean = (slots, key) => {
  const of = results.filter((result) => result.slots === slots).map((result) => result[key]);
  return of.reduce((sum, value) => sum + value, 0) / of.length;
};
const all = [...new Set(results.map((result) => result.slots))].sort((a, b) => a - b);
const [few, many] = [all[0], all.at(-1)];
console.log(
  JSON.stringify({
    cores: availableParallelism(),
    few,
    many,
    speedUp: Number((mean(few, 'seconds') / mean(many, 'seconds')).toFixed(3)),
    busyTimes: Number((mean(many, 'busy') / mean(few, 'busy')).toFixed(3)),
  }),
);
