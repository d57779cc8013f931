import { classify, forward, inputSize, type Network } from '@mipnet/network';
import { floats, integers, node, onnxModel } from '@mipnet/network/testing/onnx-model';
import { openOnnxRuntime } from '@mipnet/verification';
import { mkdtemp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as ort from 'onnxruntime-web';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readModelFile, readNetworkFile } from './network-file.js';

const models = join(import.meta.dirname, '../../src/testing/models');

/** Repeatable inputs in [-2, 2], exact in float32. */
const inputsOf = (network: Network, count: number): Float64Array =>
  Float64Array.from({ length: count * inputSize(network) }, (_, at) => (((at + 3) * 7919) % 257) / 64 - 2);

/** The class of each row as the exported model gives it: its label, or the largest of its last numbers. */
async function classesByRuntime(bytes: Uint8Array, rows: Float64Array, dims: readonly number[]): Promise<number[]> {
  const session = await ort.InferenceSession.create(bytes);
  const size = dims.reduce((product, extent) => product * extent, 1);
  const classes: number[] = [];
  // A map is no output that JavaScript can read.
  const readable = session.outputMetadata.filter(({ isTensor }) => isTensor).map(({ name }) => name);
  for (let from = 0; from < rows.length; from += size) {
    const tensor = new ort.Tensor('float32', Float32Array.from(rows.subarray(from, from + size)), dims);
    const [first] = Object.values(await session.run({ [session.inputNames[0]]: tensor }, readable));
    const numbers = Array.from(first.data as Float32Array | BigInt64Array, Number);
    classes.push(numbers.length === 1 ? numbers[0] : numbers.indexOf(Math.max(...numbers)));
  }
  await session.release();
  return classes;
}

describe('models as exporters write them', () => {
  it.each<[string, readonly number[], readonly string[]]>([
    ['sklearn-pipeline', [1, 4], ['ZipMap', 'Softmax']],
    ['sklearn-binary', [1, 4], ['Sigmoid']],
    ['sklearn-linear', [1, 4], ['Normalizer', 'Softmax']],
    ['torch-script', [1, 1, 6, 6], ['LogSoftmax']],
    ['torch-dynamo', [1, 3, 7, 7], []],
    ['keras-tf2onnx', [1, 6, 6, 3], ['Softmax']],
    ['larq-tf2onnx', [1, 9], ['Softmax']],
  ])('%s', async (name, dims, ending) => {
    const file = join(models, `${name}.onnx`);
    const read = await readNetworkFile(file);
    expect(read.ending).toEqual(ending);
    const rows = inputsOf(read.network, 30);
    const runtime = await openOnnxRuntime(read.bytes);
    const theirs = await runtime.runBatch(rows, 30);
    await runtime.release();
    forward(read.network, rows, 30).forEach((score, at) => expect(score).toBeCloseTo(theirs[at], 4));
    // The runtime opens files of weights by itself in no browser: the model in one piece.
    const whole = await readModelFile(file).catch(() => readFile(file));
    expect([...classify(read.network, rows, 30)]).toEqual(await classesByRuntime(whole, rows, dims));
  });
});

describe('weights beside the model', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mipnet-network-file-'));
    await mkdir(join(folder, 'inner'));
    await writeFile(join(folder, 'outside.data'), new Uint8Array(8));
    await writeFile(join(folder, 'inner', 'w.data'), new Uint8Array(Float32Array.of(9, 2, 3).buffer));
    await symlink(join(folder, 'outside.data'), join(folder, 'inner', 'link.data'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function readWith(location: string, offset: number, length: number): Promise<Network> {
    const entry = (key: string, value: unknown) => ({ key, value: String(value) });
    const bytes = onnxModel({
      input: ['N', 2],
      nodes: [node('Mul', ['x', 'w'], 'y')],
      constants: [
        {
          name: 'w',
          dims: [2],
          dataType: 1,
          dataLocation: 1,
          externalData: [entry('location', location), entry('offset', offset), entry('length', length)],
        },
      ],
    });
    const file = join(folder, 'inner', 'net.onnx');
    await writeFile(file, bytes);
    return (await readNetworkFile(file)).network;
  }

  it('are read from where the model says', async () => {
    const network = await readWith('w.data', 4, 8);
    expect([...forward(network, Float64Array.of(1, 1), 1)]).toEqual([2, 3]);
  });

  it.each([
    ['../outside.data', 0, 8, /"\.\.\/outside\.data", outside the folder of the model/],
    ['/etc/hostname', 0, 8, /"\/etc\/hostname", outside the folder/],
    ['link.data', 0, 8, /"link\.data", outside the folder/],
    ['none.data', 0, 8, /the weights of the model: .*none\.data/],
    ['w.data', 8, 8, /tensor 'w' is bytes 8 to 16 of 'w\.data', which has 12 bytes/],
    ['w.data', -4, 8, /tensor 'w' is bytes -4 to 4/],
    ['w.data', 0, 4, /tensor 'w' has 1 numbers, but its dimensions \[2\] need 2/],
  ])('%s from %i, %i bytes: refused', async (location, offset, length, message) => {
    await expect(readWith(location, offset, length)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(message),
    });
  });

  it('what is no model is named, also packed', async () => {
    const file = join(folder, 'pointer.onnx');
    await writeFile(file, 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n');
    await expect(readNetworkFile(file)).rejects.toThrow(/pointer\.onnx: this is a git-lfs pointer/);
    const page = join(folder, 'page.onnx.gz');
    await writeFile(page, gzipSync('<!DOCTYPE html><html>'));
    await expect(readNetworkFile(page)).rejects.toThrow(/page\.onnx\.gz: this is an HTML page/);
  });

  it('a softmax over rows and columns is no end of a classifier', async () => {
    const file = join(folder, 'rows.onnx');
    const nodes = [node('Softmax', ['x'], 'y', { axis: -1 })];
    await writeFile(file, onnxModel({ input: ['N', 2, 3], nodes }));
    await expect(readNetworkFile(file)).rejects.toThrow(
      /ends in Softmax on \[2, 3\], which is not one score per class/,
    );
  });

  it('an opset that the runtime does not open is read as the newest that it opens', async () => {
    const file = join(folder, 'new.onnx');
    const parts = { input: ['N', 4], nodes: [node('Reshape', ['x', 's'], 'r'), node('Gemm', ['r', 'W'], 'y')] };
    const constants = [integers('s', [-1, 4]), floats('W', [4, 1], [1, 2, 3, 4])];
    await writeFile(file, onnxModel({ ...parts, constants, opset: 28 }));
    const { network, bytes } = await readNetworkFile(file);
    const runtime = await openOnnxRuntime(bytes);
    expect([...(await runtime.run(Float64Array.of(1, 1, 1, 1)))]).toEqual([10]);
    expect([...forward(network, Float64Array.of(1, 1, 1, 1), 1)]).toEqual([10]);
    await runtime.release();
  });
});
