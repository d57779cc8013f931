#!/usr/bin/env node
/**
 * The whole command on a property that bounds decide, with an empty proof store: mostly start-up.
 *
 *     node tools/bench/start-up.mjs --runs 10 [--other FOLDER_OF_ANOTHER_CHECKOUT]
 *
 * Prints the median wall and CPU seconds; with --other the two checkouts run in turn, so that both see the same
 * machine. Needs `./mipnet build` (in both).
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '@mipnet/dataset';
import { forward, toOnnx } from '@mipnet/network';
import { readArguments } from '../arguments.mjs';

const { values } = readArguments(import.meta.url, {
  options: { runs: { type: 'string', default: '10' }, other: { type: 'string' } },
});
const folder = mkdtempSync(join(tmpdir(), 'mipnet-start-up-'));
const [net, property] = [join(folder, 'net.onnx'), join(folder, 'property.vnnlib')];
const reach = 1e-4;

try {
  writeQuestion();
  const checkouts = [
    fileURLToPath(new URL('../..', import.meta.url)),
    ...(values.other ? [resolve(values.other)] : []),
  ];
  const found = checkouts.map(() => []);
  for (let run = 0; run < Number(values.runs); run++) checkouts.forEach((root, k) => found[k].push(measured(root)));
  const median = (numbers) => numbers.sort((one, other) => one - other)[Math.floor(numbers.length / 2)].toFixed(2);
  console.log('wall s  CPU s  checkout (medians)');
  checkouts.forEach((root, k) => {
    const [wall, cpu] = ['wall', 'cpu'].map((name) => median(found[k].map((one) => one[name])));
    console.log(`${wall.padStart(6)} ${cpu.padStart(6)}  ${root}`);
  });
} finally {
  rmSync(folder, { recursive: true });
}

/** A random 784-256-256-10 network, and the property that its class holds near a random image. */
function writeQuestion() {
  const random = seededRandom(1, 'start-up');
  const dense = (inputs, outputs) => ({
    kind: 'dense',
    inputs,
    outputs,
    weights: Float64Array.from({ length: inputs * outputs }, () => Math.fround((random.uniform() - 0.5) / 8)),
    bias: new Float64Array(outputs),
  });
  const relu = { kind: 'activation', activation: 'relu' };
  const network = { inputShape: [784], layers: [dense(784, 256), relu, dense(256, 256), relu, dense(256, 10)] };
  const image = Float64Array.from({ length: 784 }, () => random.uniform());
  const scores = forward(network, image, 1);
  const best = scores.indexOf(Math.max(...scores));
  const others = [...scores.keys()].filter((k) => k !== best);
  writeFileSync(net, toOnnx(network));
  writeFileSync(
    property,
    [
      ...[...image.keys()].map((i) => `(declare-const X_${i} Real)`),
      ...[...scores.keys()].map((k) => `(declare-const Y_${k} Real)`),
      ...[...image.entries()].map(([i, x]) => `(assert (>= X_${i} ${x - reach}))(assert (<= X_${i} ${x + reach}))`),
      `(assert (or ${others.map((k) => `(and (>= Y_${k} Y_${best}))`).join(' ')}))`,
    ].join('\n'),
  );
}

/** Seconds of one command with a home of its own; the shell's `time` counts the CPU of all its processes. */
function measured(root) {
  const home = mkdtempSync(join(folder, 'home-'));
  const command = [join(root, 'mipnet'), 'verify', net, '--vnnlib', property, '--engine', 'local', '--json'];
  const script = `TIMEFORMAT='%R %U %S'; time ${command.map((part) => `'${part}'`).join(' ')} 2>/dev/null`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script], {
    encoding: 'utf8',
    env: { ...process.env, MIPNET_HOME: home },
  });
  const [{ verdict, by }] = JSON.parse(stdout).results;
  if (verdict !== 'robust' || by !== 'bounds')
    throw new Error(`the property is ${verdict} by ${by}, not robust by bounds`);
  const [wall, user, system] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return { wall, cpu: user + system };
}
