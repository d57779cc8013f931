#!/usr/bin/env node
/**
 * What a second slot is worth, and what Temporal, the store and merging cost: one plan on a stack of its own with one
 * slot and with two, in turn (1, 2, 2, 1, so that a machine that gets slower or busier favours neither).
 *
 *     node tools/measure/slots.mjs --preset quickstart --set dataset.perClass=20
 *
 * `throughput` is MIPs per second between the first that was scheduled and the last that ended, by the run's history.
 * The shares are processor seconds by process (Linux: /proc), so that they hold on a busy machine too: of the solver
 * worker's process, the main thread talks to Temporal and the others solve. What a stack costs that has nothing to do
 * is subtracted, by the second: on a busy machine a run takes longer, and a server that only waits is no cost of its
 * MIPs.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { readArguments } from '../arguments.mjs';
import { processorSeconds } from '../processor-seconds.mjs';

const main = fileURLToPath(new URL('../../apps/cli/dist/main.js', import.meta.url));
const { values, positionals } = readArguments(import.meta.url, {
  allowPositionals: true,
  options: {
    preset: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
    order: { type: 'string', default: '1,2,2,1' },
  },
});

const { leavesOfActivity } = await import(new URL('../../libs/workflows/dist/index.js', import.meta.url).href);
const home = mkdtempSync(join(tmpdir(), 'mipnet-slots-'));
const { TEMPORAL_ADDRESS: _address, MIPNET_STORE: _store, ...inherited } = process.env;
const env = { ...inherited, MIPNET_HOME: home };

/** @param {string[]} args @returns {Promise<string>} */
function mipnet(args) {
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  return new Promise((resolve, reject) =>
    child.once('close', (code) =>
      code === 0 ? resolve(text) : reject(new Error(`mipnet ${args[0]} ended with ${code}`)),
    ),
  );
}

const used = () => processorSeconds(home);

async function solvingWindow(address, run) {
  const connection = await Connection.connect({ address });
  try {
    const { events } = await new Client({ connection }).workflow.getHandle(run).fetchHistory();
    const at = ({ eventTime }) => Number(eventTime.seconds) + eventTime.nanos / 1e9;
    const leavesOf = new Map(
      events.flatMap(({ eventId, activityTaskScheduledEventAttributes: scheduled }) => {
        const leaves = leavesOfActivity(scheduled?.activityType?.name ?? '', scheduled?.activityId ?? '');
        return leaves === 0 ? [] : [[String(eventId), leaves]];
      }),
    );
    const scheduled = events.filter(({ eventId }) => leavesOf.has(String(eventId))).map(at);
    const completed = events.filter((event) =>
      leavesOf.has(String(event.activityTaskCompletedEventAttributes?.scheduledEventId)),
    );
    const ended = completed.map(at);
    const leaves = completed.reduce(
      (sum, event) => sum + leavesOf.get(String(event.activityTaskCompletedEventAttributes.scheduledEventId)),
      0,
    );
    return { leaves, seconds: Math.max(...ended) - Math.min(...scheduled) };
  } finally {
    await connection.close();
  }
}

async function measure(slots) {
  const up = await mipnet(['up', '--slots', String(slots)]);
  try {
    // Until the workers have started; then what everything costs while nothing is to be done.
    await pause(10_000);
    const idle = used();
    await pause(10_000);
    const before = used();
    const idlePerSecond = Object.fromEntries(Object.keys(before).map((key) => [key, (before[key] - idle[key]) / 10]));
    const began = performance.now();
    const named = positionals.length > 0 ? positionals : values.preset === undefined ? [] : ['--preset', values.preset];
    const report = JSON.parse(
      await mipnet([
        'train',
        ...named,
        '--json',
        ...['solver.reuse=false', ...values.set].flatMap((setting) => ['--set', setting]),
      ]),
    );
    const after = used();
    const wall = (performance.now() - began) / 1000;
    const { leaves, seconds } = await solvingWindow(/^Temporal +(\S+)/m.exec(up)[1], report.run);
    const spent = Object.fromEntries(
      Object.keys(after).map((key) => [key, Math.max(0, after[key] - before[key] - wall * idlePerSecond[key])]),
    );
    const result = {
      slots,
      leaves,
      seconds,
      throughput: leaves / seconds,
      load: loadavg()[0],
      ...spent,
      overhead: (spent.server + spent.orchestrator + spent.talking) / spent.solving,
      serverSecondsPerLeaf: spent.server / leaves,
    };
    console.log(
      JSON.stringify(result, (_key, value) => (typeof value === 'number' ? Number(value.toFixed(4)) : value)),
    );
    return result;
  } finally {
    await mipnet(['down']);
  }
}

try {
  const results = [];
  for (const slots of values.order.split(',').map(Number)) results.push(await measure(slots));
  const mean = (slots, key) => {
    const of = results.filter((result) => result.slots === slots).map((result) => result[key]);
    return of.reduce((sum, value) => sum + value, 0) / of.length;
  };
  const all = [...new Set(results.map(({ slots }) => slots))].sort();
  const [few, many] = [all[0], all.at(-1)];
  console.log(
    JSON.stringify({
      cores: availableParallelism(),
      few,
      many,
      speedUp: Number((mean(many, 'throughput') / mean(few, 'throughput')).toFixed(3)),
      overhead: Number(mean(many, 'overhead').toFixed(3)),
      serverMillisecondsPerLeaf: Number((1000 * mean(many, 'serverSecondsPerLeaf')).toFixed(1)),
    }),
  );
} finally {
  rmSync(home, { recursive: true, force: true });
}
