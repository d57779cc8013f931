import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import * as ort from 'onnxruntime-web';
import { afterAll, describe, expect, it } from 'vitest';
import { sourcesOf, readersOf } from '../graph.js';
import type { Layer, Network } from '../network.js';
import { fromOnnx } from '../onnx/from-onnx.js';
import { toOnnx } from '../onnx/to-onnx.js';
import { sizeOf } from '../shape.js';
import { outputSize } from '../shapes.js';
import { seededIntegers } from '../testing/damage.js';
import { randomGraph } from '../testing/random-graph.js';
import { randomNetwork } from '../testing/random-network.js';
import { argmax, decisionThreshold } from '../classify.js';
import { toC, type CNames } from './to-c.js';

// Everything is compiled by the C compiler of this machine, and compared with the ONNX runtime.

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

const folder = mkdtempSync(join(tmpdir(), 'mipnet-c-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const strict = ['-std=c99', '-Wall', '-Wextra', '-Wpedantic', '-Werror'];

function compiled(source: string, ...options: string[]): string {
  writeFileSync(join(folder, 'net.c'), source);
  execFileSync('cc', [...strict, ...options, join(folder, 'net.c'), '-o', join(folder, 'net')], { stdio: 'pipe' });
  return join(folder, 'net');
}

const asBytes = (numbers: Float32Array): Buffer => Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);

/** The classes that the program of the file prints. */
function classesInC(network: Network, rows: Float32Array, names: Partial<CNames> = {}): string[] {
  const program = compiled(toC(network, { name: 'net', ...names }), '-O2', '-DMIPNET_MAIN');
  return execFileSync(program, [], { input: asBytes(rows), maxBuffer: 2 ** 28, encoding: 'utf8' })
    .split('\n')
    .slice(0, -1);
}

const scoresMain = `
#include <stdio.h>
int main(void)
{
  static float row[NET_INPUTS], scores[NET_SCORES];
  while (fread(row, sizeof row, 1, stdin) == 1) {
    net_scores(row, scores);
    fwrite(scores, sizeof scores, 1, stdout);
  }
  return 0;
}
`;

function scoresInC(network: Network, rows: Float32Array, ...options: string[]): Float32Array {
  const program = compiled(toC(network, { name: 'net' }) + scoresMain, ...options);
  const bytes = execFileSync(program, { input: asBytes(rows), maxBuffer: 2 ** 28 });
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

async function scoresInRuntime(network: Network, rows: Float32Array): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(toOnnx(network));
  try {
    const size = sizeOf(network.inputShape);
    const scores: number[] = [];
    for (let from = 0; from < rows.length; from += 500 * size) {
      const part = rows.subarray(from, from + 500 * size);
      const input = new ort.Tensor('float32', part, [part.length / size, ...network.inputShape]);
      scores.push(...((await session.run({ input })).output.data as Float32Array));
    }
    return Float32Array.from(scores);
  } finally {
    await session.release();
  }
}

const classesOf = (network: Network, scores: Float32Array): string[] =>
  [...argmax(Float64Array.from(scores), outputSize(network), decisionThreshold(network))].map(String);

const integer = seededIntegers(11);
const real = () => integer(2 ** 30) / 2 ** 29 - 1;
const numbers = (length: number, draw: () => number) => Float64Array.from({ length }, draw);
const ternary = () => integer(3) - 1;
const dense = (inputs: number, outputs: number, draw: () => number, bias = real): Layer => ({
  kind: 'dense',
  inputs,
  outputs,
  weights: numbers(inputs * outputs, draw),
  bias: numbers(outputs, bias),
});
const activation = (name: 'step' | 'sign' | 'relu'): Layer => ({ kind: 'activation', activation: name });

/** As `plans/mnist.yaml` trains it: 64 ternary filters of 7 x 7, steps, an average pool, signs, votes. */
const convolutional: Network = {
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
      weights: numbers(64 * 49, ternary),
      bias: numbers(64, () => (2 * integer(400) + 1 - 400) / 510),
    },
    activation('step'),
    { kind: 'averagePool2d', kernel: [4, 4], strides: [4, 4], pads: [0, 0, 0, 0], countIncludePad: false },
    { kind: 'flatten' },
    dense(1600, 45, ternary),
    activation('sign'),
    dense(45, 10, ternary, () => 0),
  ],
};

/** A table's numbers, some of them missing, scaled and clipped, then relu units and real weights. */
const tabular: Network = {
  inputShape: [6],
  layers: [
    { kind: 'fill', values: numbers(6, real) },
    { kind: 'scale', factor: Float64Array.of(1), offset: numbers(6, () => -Math.round(10 * real())) },
    { kind: 'scale', factor: numbers(6, () => 0.1 + integer(100) / 300), offset: Float64Array.of(0) },
    { kind: 'activation', activation: 'clip', low: 0, high: 1 },
    dense(6, 20, real),
    activation('relu'),
    dense(20, 3, real),
  ],
};

const inFile = (network: Network): Network => fromOnnx(toOnnx(network));

const images = process.env.MIPNET_NIGHTLY === '1' ? 10_000 : 1000;

describe('a network as C', () => {
  it(`gives the classes of the ONNX runtime for ${images} images`, async () => {
    const network = inFile(convolutional);
    const rows = Float32Array.from({ length: images * 784 }, () => integer(256) / 255);
    const classes = classesOf(network, await scoresInRuntime(network, rows));
    expect(new Set(classes).size).toBeGreaterThan(3);
    expect(classesInC(network, rows)).toEqual(classes);
  }, 120_000);

  it('gives the scores of the ONNX runtime bit for bit, for 10,000 rows, whatever the optimization', async () => {
    const network = inFile(tabular);
    const rows = Float32Array.from({ length: 60_000 }, () => (integer(9) === 0 ? NaN : 12 * real()));
    const scores = await scoresInRuntime(network, rows);
    expect(new Set(classesOf(network, scores)).size).toBeGreaterThan(1);
    for (const options of [['-O0'], ['-O3', '-march=native'], ['-std=gnu11', '-O3', '-march=native']])
      expect(scoresInC(network, rows, ...options)).toEqual(scores);
  });

  it('says class 1 from the threshold on if there is one score, and prints names if it is asked to', async () => {
    const network = inFile({ inputShape: [2], layers: [dense(2, 1, real, () => 0), activation('step')] });
    const rows = Float32Array.from({ length: 400 }, real);
    const classes = classesOf(network, await scoresInRuntime(network, rows));
    expect(new Set(classes)).toEqual(new Set(['0', '1']));
    const names = ['it\'s "no"\\n??/', 'ja, größer'];
    expect(classesInC(network, rows, { classes: names })).toEqual(classes);
    const named = execFileSync(join(folder, 'net'), ['names'], { input: asBytes(rows), encoding: 'utf8' });
    expect(named.split('\n').slice(0, -1)).toEqual(classes.map((each) => names[Number(each)]));
  });

  it('reports a row that is cut off', () => {
    const program = compiled(toC(inFile(tabular), { name: 'net' }), '-DMIPNET_MAIN');
    expect(() => execFileSync(program, { input: Buffer.alloc(25), stdio: 'pipe' })).toThrow(
      'the last row has 1 bytes, not 24',
    );
  });

  it('keeps values per thread if a macro says so, and refuses fast arithmetic', () => {
    const source = toC(inFile(convolutional), { name: 'net' }) + scoresMain;
    compiled(source, '-std=c11', '-DMIPNET_BUFFER=static _Thread_local');
    expect(() => compiled(source, '-ffast-math')).toThrow('plain float32 arithmetic');
  });
});

/**
 * Where the runtime merges a convolution with the scale or the sum behind it, or takes a special path for one filter
 * per group, its last bits are its own.
 */
function hasOwnBits(network: Network): boolean {
  const readers = readersOf(network);
  return network.layers.some(
    (layer, index) =>
      layer.kind === 'conv2d' &&
      (layer.outputChannels === layer.groups ||
        readers[index].some((reader) => ['scale', 'add'].includes(network.layers[reader].kind))),
  );
}

const drawn = (): Network[] => {
  const random = () => integer(2 ** 30) / 2 ** 30;
  const chains = fc.sample(randomNetwork, { numRuns: 30, seed: 5 });
  return [...chains, ...Array.from({ length: 14 }, () => randomGraph(random))].map(inFile);
};

describe('random networks as C', () => {
  const networks = drawn();

  it('are of every kind of layer, and both chains and graphs', () => {
    const kinds = new Set(networks.flatMap(({ layers }) => layers.map(({ kind }) => kind)));
    const all = 'dense conv2d maxPool2d averagePool2d scale quantize flatten activation add concat select'.split(' ');
    expect([...kinds].sort()).toEqual(all.sort());
    expect(networks.filter((network) => sourcesOf(network).some((own) => own.length > 1)).length).toBeGreaterThan(10);
    expect(networks.filter((network) => !hasOwnBits(network)).length).toBeGreaterThan(15);
  });

  it.each(networks.map((network, index): [number, Network] => [index, network]))(
    'network %i gives the scores of the ONNX runtime',
    async (_, network) => {
      const rows = Float32Array.from({ length: 12 * sizeOf(network.inputShape) }, () =>
        integer(2) === 0 ? (integer(81) - 40) / 10 : 2 * real(),
      );
      const scores = await scoresInRuntime(network, rows);
      const own = scoresInC(network, rows, '-O0');
      if (!hasOwnBits(network)) expect(own).toEqual(scores);
      else
        expect([...own].map((score, at) => Math.abs(score - scores[at]) / (1 + Math.abs(scores[at])))).toEqual(
          own.length === scores.length ? [...own].map(() => expect.closeTo(0, 4)) : [],
        );
    },
  );
});
