import { selectRows, loadDataset } from '@mipnet/dataset';
import { classify, fromOnnx } from '@mipnet/network';
import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-web';
import { afterAll, expect, test } from 'vitest';
import { Home } from './testing/command.js';

const home = new Home();
afterAll(() => home.remove());

test.skipIf(!process.env.MIPNET_DATA)(
  'the ONNX runtime agrees on all 10,000 MNIST test images (with MIPNET_DATA)',
  async () => {
    const trained = await home.run([
      'train',
      '--dataset',
      'mnist',
      '--engine',
      'local',
      '--set',
      'dataset.perClass=5',
      '--set',
      'dataset.shifts=0',
      '--set',
      'dataset.validationPerClass=5',
      '--set',
      'solver.workLimit=20',
      '--out',
      'net.onnx',
      '--json',
    ]);
    expect(trained.code, trained.stderr).toBe(0);
    const { test: images } = await loadDataset({ name: 'mnist' });
    if (!images) throw new Error('MNIST without test images');
    const bytes = readFileSync(home.path('net.onnx'));
    const network = fromOnnx(bytes);

    ort.env.wasm.numThreads = 1;
    const session = await ort.InferenceSession.create(bytes);
    const batch = 1000;
    let right = 0;
    for (let from = 0; from < images.count; from += batch) {
      const part = selectRows(
        images,
        Int32Array.from({ length: batch }, (_, k) => from + k),
      );
      const input = Float32Array.from(part.features, (stored) => stored * part.scale);
      const output = await session.run({
        [session.inputNames[0]]: new ort.Tensor('float32', input, [batch, ...network.inputShape]),
      });
      const scores = output[session.outputNames[0]].data as Float32Array;
      const theirs = Int32Array.from({ length: batch }, (_, k) =>
        scores.subarray(k * 10, k * 10 + 10).reduce((best, score, label, all) => (score > all[best] ? label : best), 0),
      );
      expect(theirs).toEqual(
        classify(
          network,
          Float64Array.from(part.features, (stored) => stored * part.scale),
          batch,
        ),
      );
      for (let k = 0; k < batch; k++) if (theirs[k] === images.labels[from + k]) right++;
    }
    expect(right / images.count).toBe(JSON.parse(trained.stdout).accuracy.test);
  },
);
