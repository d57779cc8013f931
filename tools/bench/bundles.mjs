#!/usr/bin/env node
/**
 * What the server costs when leaves are small: a run of many leaves of about 0.1 s (the neurons of a hidden layer, each
 * a MIP on 40 images of MNIST) on an embedded Temporal server:
 *
 *     node tools/bench/bundles.mjs [--leaves 3000] [--slots 2] [--against FOLDER --repeat 2]
 *
 * `ratio` is wall / (solver seconds / slots): 1 if every slot solves all the time. The wall-clock time is that of the
 * run, with division and merge. `processor` are processor seconds by process, and `overhead` is everything that does
 * not solve as a share of what does; both hold on a busy machine too. `--against` names another checkout with a build;
 * both then run in turn, `--repeat` times (other, this, this, other). Needs a build.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../arguments.mjs';
import { processorSeconds } from '../processor-seconds.mjs';

const { values } = readArguments(import.meta.url, {
  options: {
    leaves: { type: 'string', default: '3000' },
    slots: { type: 'string', default: '2' },
    against: { type: 'string' },
    repeat: { type: 'string', default: '1' },
  },
});
const [leaves, slots, repeat] = [values.leaves, values.slots, values.repeat].map(Number);
const here = fileURLToPath(new URL('../../', import.meta.url));

// The budget ends the run after the hidden layer: the last layer is one long MIP.
const plan = {
  name: 'small-leaves',
  dataset: { name: 'mnist', perClass: 40 },
  network: [
    { dense: leaves, weights: 'ternary', activation: 'step' },
    { dense: 10, weights: 'ternary' },
  ],
  splits: ['layers', { neurons: { samples: 20 } }],
  objectives: [{ fit: { loss: 'hinge', margin: 8 } }],
  solver: { workLimit: 30, reuse: false },
  budget: { subproblems: leaves },
  seed: 0,
};

/** @param {string} root a checkout with a build */
async function measure(root) {
  const home = mkdtempSync(join(tmpdir(), 'mipnet-bundles-'));
  const { TEMPORAL_ADDRESS: _address, MIPNET_STORE: _store, ...inherited } = process.env;
  try {
    const file = join(home, 'plan.json');
    writeFileSync(file, JSON.stringify(plan));
    const args = [file, '--json', '--engine', 'temporal', '--slots', String(slots), '--out', join(home, 'net.onnx')];
    const child = spawn(process.execPath, [join(root, 'apps/cli/dist/main.js'), 'train', ...args], {
      env: { ...inherited, MIPNET_HOME: home },
      stdio: ['ignore', 'pipe', process.env.BUNDLES_LOG ? 'inherit' : 'ignore'],
    });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    // The processes end with the run, so they are read while it goes on.
    let processor = processorSeconds(home);
    const timer = setInterval(() => {
      const now = processorSeconds(home);
      if (now.solving >= processor.solving) processor = now;
    }, 500);
    const code = await new Promise((resolve) => child.once('close', resolve));
    clearInterval(timer);
    // 3: usable but incomplete, because the budget ended it.
    if (code !== 0 && code !== 3) throw new Error(`mipnet train in ${root} ended with ${code}`);
    const { seconds, subproblems } = JSON.parse(text);
    const { server, orchestrator, talking, solving } = processor;
    const result = {
      of: root === here ? 'this' : 'other',
      leaves: subproblems.total,
      wall: seconds.wall,
      solverSeconds: seconds.solver,
      secondsPerLeaf: seconds.solver / subproblems.total,
      mergeSeconds: seconds.merge,
      ratio: seconds.wall / (seconds.solver / slots),
      processor,
      overhead: (server + orchestrator + talking) / solving,
      load: loadavg()[0],
    };
    console.log(
      JSON.stringify(result, (_key, value) => (typeof value === 'number' ? Number(value.toFixed(4)) : value)),
    );
    return result;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const order = values.against === undefined ? [here] : [values.against, here, here, values.against];
const results = [];
for (let i = 0; i < (values.against === undefined ? repeat : 2 * repeat); i++)
  results.push(await measure(order[i % order.length]));
for (const of of new Set(results.map((result) => result.of))) {
  const mine = results.filter((result) => result.of === of);
  const mean = (key) => mine.reduce((sum, result) => sum + result[key], 0) / mine.length;
  console.log(`${of}: wall / (solver seconds / slots) = ${mean('ratio').toFixed(3)}, everything that does not solve: \
${(100 * mean('overhead')).toFixed(1)}% of the processor time of what solves`);
}
