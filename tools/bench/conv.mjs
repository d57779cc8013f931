#!/usr/bin/env node
/**
 * A network brought as ONNX on the first test images of MNIST, one slot, without the command around it:
 *
 *     MIPNET_DATA=... node tools/bench/conv.mjs NET.onnx --images 100 --epsilon 0.1 [--time-limit 60]
 *         [--cpu-limit 60] [--only 4,36]
 *
 * --cpu-limit ends an image by CPU seconds, for a machine that others use. --only takes images by their positions. The
 * convolutional network of PERFORMANCE.md is made by tools/bench/train-conv-peer.py. Prints verdicts by step, and CPU
 * seconds an image. Needs `./mipnet build`.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { join } from 'node:path';
import { fromOnnx } from '@mipnet/network';
import { ballRegion, misclassificationOf, query } from '@mipnet/verification';
import { VerifySlots } from '@mipnet/verification/slots';
import { readArguments } from '../arguments.mjs';

const { values, positionals } = readArguments(import.meta.url, {
  allowPositionals: true,
  needs: 'NET.onnx',
  options: {
    images: { type: 'string', default: '100' },
    epsilon: { type: 'string', default: '0.1' },
    'time-limit': { type: 'string', default: '60' },
    'cpu-limit': { type: 'string', default: 'Infinity' },
    only: { type: 'string' },
  },
});
const model = readFileSync(positionals[0]);
const network = fromOnnx(model);
const folder = join(process.env.MIPNET_DATA ?? '.', 'mnist');
const read = (name, offset) => gunzipSync(readFileSync(join(folder, name))).subarray(offset);
const pixels = read('t10k-images-idx3-ubyte.gz', 16);
const labels = read('t10k-labels-idx1-ubyte.gz', 8);
const slots = new VerifySlots(model, 1);
const counts = {};
const seconds = [];
const images = values.only?.split(',').map(Number) ?? Array.from({ length: Number(values.images) }, (_, k) => k);
for (const image of images) {
  const centre = Float64Array.from(pixels.subarray(784 * image, 784 * (image + 1)), (pixel) => pixel / 255);
  const region = ballRegion({ norm: 'linf', centre, radius: Number(values.epsilon) });
  const began = process.cpuUsage();
  const used = () => {
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1e6;
  };
  const over = new AbortController();
  const watch = setInterval(() => used() > Number(values['cpu-limit']) && over.abort(), 50);
  const { verdict, by } = await slots.verify(
    {
      about: { query: query(region, misclassificationOf(network, labels[image])) },
      timeLimit: Number(values['time-limit']),
    },
    { signal: over.signal },
  );
  clearInterval(watch);
  seconds.push(used());
  const key = by === null ? verdict : `${verdict} by ${by}`;
  counts[key] = (counts[key] ?? 0) + 1;
  process.stderr.write(`  image ${image}: ${key}, ${seconds.at(-1).toFixed(2)} CPU s\n`);
}
await slots.close();
const sorted = seconds.slice().sort((one, other) => one - other);
for (const [key, count] of Object.entries(counts).sort()) process.stdout.write(`${key}: ${count}\n`);
process.stdout.write(
  `${seconds.length} images, CPU seconds an image: ` +
    `mean ${(seconds.reduce((sum, one) => sum + one, 0) / seconds.length).toFixed(2)}, ` +
    `median ${sorted[sorted.length >> 1].toFixed(2)}, ` +
    `largest ${sorted[sorted.length - 1].toFixed(2)}\n`,
);
