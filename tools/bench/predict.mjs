#!/usr/bin/env node
/**
 * Rows per second of `mipnet predict` and of onnxruntime-web by itself, on the same .npy of MNIST size, with the
 * convolution network of plans/mnist.yaml:
 *
 *     node tools/bench/predict.mjs [--rows 60000] [--repeat 3]
 *
 * Runs both programs in turn, each in a process of its own, and prints the rows per second of each, from the start of
 * the process to the last class, and their ratio (median of the repetitions). onnxruntime-web gets the whole array in
 * batches of the size that is fastest for it, of 16, 64, 256 and 1024 rows, measured first on 4096 rows. Needs a build.
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { readArguments } from '../arguments.mjs';

const { values } = readArguments(import.meta.url, {
  options: {
    rows: { type: 'string', default: '60000' },
    repeat: { type: 'string', default: '3' },
  },
});
const [rows, repeat] = [Number(values.rows), Number(values.repeat)];
const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mipnet-bench-predict-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const { toOnnx } = await import(join(root, 'libs/network/dist/index.js'));
const { writeNpyHeader } = await import(join(root, 'libs/dataset/dist/index.js'));

let state = 1;
const integer = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return (state >>> 8) % below;
};
const drawn = (length, draw) => Float64Array.from({ length }, draw);
const ternary = () => integer(3) - 1;

const network = {
  inputShape: [1, 28, 28],
  layers: [
    {
      kind: 'conv2d',
      inputChannels: 1,
      outputChannels: 64,
      groups: 1,
      kernel: [7, 7],
      strides: [1, 1],
      dilations: [1, 1],
      pads: [0, 0, 0, 0],
      weights: drawn(64 * 49, ternary),
      bias: drawn(64, () => (2 * integer(400) - 399) / 510),
    },
    { kind: 'activation', activation: 'step' },
    { kind: 'averagePool2d', kernel: [4, 4], strides: [4, 4], pads: [0, 0, 0, 0], countIncludePad: false },
    { kind: 'flatten' },
    { kind: 'dense', inputs: 1600, outputs: 45, weights: drawn(1600 * 45, ternary), bias: drawn(45, () => 0.5) },
    { kind: 'activation', activation: 'sign' },
    { kind: 'dense', inputs: 45, outputs: 10, weights: drawn(450, ternary), bias: drawn(10, () => 0) },
  ],
};
writeFileSync(join(folder, 'net.onnx'), toOnnx(network));
const npy = join(folder, 'x.npy');
const file = openSync(npy, 'w');
writeSync(file, writeNpyHeader('float32', [rows, 784]));
for (let row = 0; row < rows; row++)
  writeSync(file, Buffer.from(Float32Array.from({ length: 784 }, () => integer(256) / 255).buffer));
closeSync(file);

// The peer: reads the array, runs it by batches, keeps the classes.
writeFileSync(
  join(folder, 'peer.mjs'),
  `import * as ort from ${JSON.stringify(import.meta.resolve('onnxruntime-web'))};
import { readFileSync } from 'node:fs';
const { net, npy, count, batch } = JSON.parse(process.env.PEER);
const session = await ort.InferenceSession.create(readFileSync(net));
const bytes = readFileSync(npy);
const all = new Float32Array(bytes.buffer, bytes.byteOffset + bytes.length - 4 * 784 * ${rows}, 784 * count);
const classes = new BigInt64Array(count);
for (let from = 0; from < count; from += batch) {
  const to = Math.min(count, from + batch);
  const input = new ort.Tensor('float32', all.subarray(784 * from, 784 * to), [to - from, 1, 28, 28]);
  const scores = (await session.run({ input })).output.data;
  for (let row = from; row < to; row++) {
    let best = 0;
    for (let k = 1; k < 10; k++) if (scores[10 * (row - from) + k] > scores[10 * (row - from) + best]) best = k;
    classes[row] = BigInt(best);
  }
}
process.stdout.write(Buffer.from(classes.buffer).toString('base64'));
`,
);

/** Seconds of a process, and its output. */
function run(args, env = {}) {
  const began = performance.now();
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  let text = '';
  child.stdout.on('data', (piece) => (text += piece));
  return new Promise((resolve, reject) => {
    child.once('close', (code) =>
      code === 0 ? resolve([(performance.now() - began) / 1000, text]) : reject(new Error(`it ended with ${code}`)),
    );
  });
}
const peer = (count, batch) =>
  run([join(folder, 'peer.mjs')], { PEER: JSON.stringify({ net: join(folder, 'net.onnx'), npy, count, batch }) });
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

let [batch, least] = [0, Infinity];
for (const size of [16, 64, 256, 1024]) {
  const [seconds] = await peer(Math.min(rows, 4096), size);
  if (seconds < least) [batch, least] = [size, seconds];
}
const out = join(folder, 'y.npy');
const times = { mipnet: [], peer: [] };
let equal = true;
for (let k = 0; k < repeat; k++) {
  const [alone, classes] = await peer(rows, batch);
  const [ours] = await run([
    join(root, 'apps/cli/dist/main.js'),
    'predict',
    join(folder, 'net.onnx'),
    npy,
    '--out',
    out,
  ]);
  equal &&= readFileSync(out).subarray(128).equals(Buffer.from(classes, 'base64'));
  times.peer.push(alone);
  times.mipnet.push(ours);
}
const speed = (name) => rows / median(times[name]);
const ratios = times.mipnet.map((seconds, k) => times.peer[k] / seconds);
console.log(`${cpus()[0].model}, ${cpus().length} threads, Node ${process.version}; ${rows} rows of 784 numbers`);
console.log(`onnxruntime-web by itself (batches of ${batch}): ${Math.round(speed('peer'))} rows/s`);
console.log(`mipnet predict --out y.npy: ${Math.round(speed('mipnet'))} rows/s`);
console.log(`ratio ${median(ratios).toFixed(2)} (${ratios.map((ratio) => ratio.toFixed(2)).join(', ')})`);
console.log(`the same classes: ${equal ? 'yes' : 'NO'}`);
process.exitCode = equal ? 0 : 1;
