#!/usr/bin/env node
/**
 * What a person sees while one MIP is solved, and what watching costs:
 *
 *     node tools/bench/progress.mjs [--seconds 60] [--watch-only]
 *
 * One MIP that takes far longer (drawn digits, 20 images per class, 10 neurons of one layer, not divided), for so many
 * seconds, with `--engine local` and then on a kept server with `mipnet watch`. Prints the lines of progress, those
 * with incumbent and bound among them, the longest time without a line, and for `watch` the processor seconds of its
 * process from its first line on, as a share of a core. Output goes to a pipe, not to a terminal. Needs a build; Linux
 * (/proc).
 * --watch-only leaves out the first half.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../arguments.mjs';
import { statOf } from '../processor-seconds.mjs';

const { values } = readArguments(import.meta.url, {
  options: {
    seconds: { type: 'string', default: '60' },
    'watch-only': { type: 'boolean', default: false },
  },
});
const program = fileURLToPath(new URL('../../apps/cli/dist/main.js', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'mipnet-progress-'));
const env = { ...process.env, MIPNET_HOME: home };
delete env.TEMPORAL_ADDRESS;
const oneMip = [
  ...['train', '--set', 'dataset={name: digits, perClass: 20, shifts: 0}', '--set', 'network=[{dense: 10}]'],
  ...['--set', 'splits=[]', '--set', 'solver={}', '--out', join(home, 'net.onnx')],
];

try {
  console.log('command                lines  with incumbent and bound  longest silence s  share of a core');
  if (!values['watch-only'])
    print('train --engine local', await watched(spawnMipnet([...oneMip, '--engine', 'local'])));
  mipnet('up', '--slots', '1');
  const { run } = JSON.parse(mipnet(...oneMip, '--detach', '--json'));
  print('watch', await watched(spawnMipnet(['watch', run])), true);
} finally {
  spawnSync(process.execPath, [program, 'down'], { env });
  rmSync(home, { recursive: true, force: true });
}

/** @param {...string} args @returns {string} stdout */
function mipnet(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`mipnet ${args[0]} ended with ${status}: ${stderr}`);
  return stdout;
}

/** @param {string[]} args */
function spawnMipnet(args) {
  return spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
}

/**
 * Lines of progress of the given seconds, from the first one on.
 * @param {import('node:child_process').ChildProcess} child
 */
async function watched(child) {
  /** @type {{ at: number, text: string }[]} */
  const lines = [];
  let text = '';
  child.stderr.on('data', (chunk) => {
    text += chunk;
    const whole = text.split('\n');
    text = whole.pop();
    const now = performance.now() / 1000;
    lines.push(...whole.filter((line) => / MIPs \| /.test(line)).map((line) => ({ at: now, text: line })));
  });
  while (lines.length === 0) {
    if (child.exitCode !== null) throw new Error(`the command ended with ${child.exitCode} before it showed progress`);
    await wait(50);
  }
  const [began, used] = [performance.now() / 1000, statOf(child.pid).seconds];
  await wait(1000 * Number(values.seconds));
  const [ended, share] = [performance.now() / 1000, (statOf(child.pid).seconds - used) / Number(values.seconds)];
  const seen = lines.filter(({ at }) => at <= ended);
  // The second signal ends the command at once; the MIP's own end is of no interest.
  for (let signal = 0; signal < 2 && child.exitCode === null; signal++) {
    child.kill('SIGINT');
    await wait(500);
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  const times = [began, ...seen.map(({ at }) => at), ended];
  return {
    lines: seen.length,
    telling: seen.filter(({ text: line }) => /objective \S+ .*bound \S+/.test(line)).length,
    silence: Math.max(...times.slice(1).map((at, k) => at - times[k])),
    share,
  };
}

function print(name, { lines, telling, silence, share }, isWatch = false) {
  const cells = [String(lines).padStart(5), String(telling).padStart(24), silence.toFixed(1).padStart(18)];
  console.log(`${name.padEnd(22)} ${cells.join(' ')} ${isWatch ? `${(100 * share).toFixed(2)}%`.padStart(16) : ''}`);
}
