import { floats, integers, node, onnxModel, type ModelParts } from '@mipnet/network/testing/onnx-model';
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { makeBomb, makeFolder, makePipe, makeSparse, type HostileCase } from './hostile-case.js';

const evaluate = (path: string): readonly string[] => ['evaluate', path, '--dataset', 'digits'];
const encode = (path: string): readonly string[] => ['encode', path, '--out', 'model.mps'];
const bytes =
  (content: () => Uint8Array | string) =>
  (path: string): void =>
    writeFileSync(path, content());

function model(what: string, says: RegExp, parts: () => ModelParts, args = evaluate): HostileCase {
  return { what, says, file: 'net.onnx', make: bytes(() => onnxModel(parts())), args };
}

const file = (what: string, says: RegExp, content: () => Uint8Array | string, name = 'net.onnx'): HostileCase => ({
  what,
  says,
  file: name,
  make: bytes(content),
  args: evaluate,
});

type Nodes = ModelParts['nodes'];
const chain = (length: number, make: (input: string, output: string) => Nodes[number]): Nodes =>
  Array.from({ length }, (_, at) => make(at === 0 ? 'x' : `v${at}`, at === length - 1 ? 'y' : `v${at + 1}`));
const ones = (count: number): number[] => new Array<number>(count).fill(1);
const image = (attributes: Record<string, readonly number[] | string>, kernel = 1): ModelParts => ({
  input: [1, 1, 28, 28],
  nodes: [node('Conv', ['x', 'W'], 'y', attributes)],
  constants: [floats('W', [1, 1, kernel, kernel], ones(kernel * kernel))],
});

/** Files that are no networks, or that describe more than a machine holds. */
export const hostileNetworks: readonly HostileCase[] = [
  file('an empty file', /net\.onnx: the file is empty/, () => ''),
  file(
    'an HTML page',
    /net\.onnx: this is an HTML page, .*download the file itself/,
    () => '<!DOCTYPE html><html></html>',
  ),
  file(
    'a git-lfs pointer',
    /net\.onnx: this is a git-lfs pointer.*git lfs pull/,
    () => 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n',
  ),
  file('JSON', /net\.onnx: this is JSON or text/, () => '{"graph": {}}'),
  file(
    'the text form of ONNX',
    /text form of an ONNX model; save it in the binary format/,
    () => 'ir_version: 8\ngraph {\n}\n',
  ),
  file('gzip of something else', /net\.onnx\.gz: this is an HTML page/, () => gzipSync('<html></html>'), 'net.onnx.gz'),
  file(
    'gzip that is cut off',
    /net\.onnx\.gz is not a whole gzip file: it is cut off/,
    () => gzipSync(onnxModel(image({}))).subarray(0, 60),
    'net.onnx.gz',
  ),
  file('half a model', /net\.onnx: these \d+ bytes are not an ONNX model, or only a part of one/, () =>
    onnxModel(image({})).subarray(0, 70),
  ),
  file('two million empty nodes', /too many small parts/, () =>
    Buffer.concat([Buffer.from([0x3a, 0x80, 0x92, 0xf4, 0x01]), Buffer.alloc(4e6, Buffer.from([0x0a, 0x00]))]),
  ),
  file('groups inside groups', /are not an ONNX model/, () => Buffer.alloc(1e6, 0x0b)),
  {
    what: 'a gzip bomb',
    file: 'net.onnx.gz',
    make: (path) => makeBomb(path, '\0'.repeat(2 ** 20), 200, '\x3a'),
    args: evaluate,
    says: /net\.onnx\.gz unpacks to more than 128 MiB/,
  },
  {
    what: 'a file of 10 GB',
    file: 'net.onnx',
    make: (path) => makeSparse(path, 1e10),
    args: evaluate,
    says: /net\.onnx is larger than 128 MiB/,
  },
  { what: 'a folder', file: 'net.onnx', make: makeFolder, args: evaluate, says: /net\.onnx is a folder, not a file/ },
  { what: 'a pipe', file: 'net.onnx', make: makePipe, args: evaluate, says: /net\.onnx is a pipe, not a file/ },
  { what: 'a device', file: '/dev/zero', args: evaluate, says: /\/dev\/zero is a device, not a file/ },
  model('100,000 layers', /Relu node 'v5001': the network has more than 5,000 layers/, () => ({
    input: ['N', 784],
    nodes: chain(100_000, (input, output) => node('Relu', [input], output)),
  })),
  model('an input of 10^12 numbers', /the input 'x' has dimensions \[1, 1, 1000000, 1000000\], too many/, () => ({
    input: [1, 1, 1e6, 1e6],
    nodes: [node('Relu', ['x'], 'y')],
  })),
  model('pads of a million', /its output has 4,000,112,000,784 numbers; at most/, () =>
    image({ pads: [1e6, 1e6, 1e6, 1e6] }),
  ),
  model('pads of a million that are stepped over', /Conv node 'y' would take the model beyond 67,108,864 numbers/, () =>
    image({ pads: [1e6, 1e6, 1e6, 1e6], strides: [1e6, 1e6] }),
  ),
  model('a billion cells a window', /a forward pass up to here takes more than/, () => ({
    input: [1, 1, 28, 28],
    nodes: [node('MaxPool', ['x'], 'y', { kernel_shape: [2000, 2000], pads: ones(4).map(() => 1999) })],
  })),
  model('one matrix used a thousand times', /would take the model beyond/, () => ({
    input: ['N', 300],
    nodes: chain(1000, (input, output) => node('Gemm', [input, 'W'], output)),
    constants: [floats('W', [300, 300], ones(90_000))],
  })),
  model('one matrix cast a thousand times', /Cast node 'v\d+' would take the model beyond/, () => ({
    input: ['N', 1],
    nodes: chain(1000, (input, output) => node('Cast', [input === 'x' ? 'W' : input], output, { to: 1 })),
    constants: [floats('W', [300, 300], ones(90_000))],
  })),
  model('a large image that is moved about', /would take the model beyond/, () => ({
    input: ['N', 2000, 2000],
    nodes: chain(40, (input, output) => node('Transpose', [input], output, { perm: [0, 2, 1] })),
  })),
  model('six million integers', /too many small parts/, () => ({
    input: ['N', 1],
    nodes: [node('Relu', ['x'], 'y')],
    constants: [integers('c', ones(6e6))],
  })),
  model('a tensor of a thousand axes', /has 1,000 axes; at most 64/, () => ({
    input: ['N', 1],
    nodes: [node('Add', ['x', 'c'], 'y')],
    constants: [floats('c', ones(1000), [1])],
  })),
  model(
    'dimensions that claim more than the bytes hold',
    /tensor 'c' has 1 numbers, but its dimensions \[1000000000000\]/,
    () => ({ input: ['N', 1], nodes: [node('Add', ['x', 'c'], 'y')], constants: [floats('c', [1e12], [1])] }),
  ),
  model('weights in a file elsewhere', /its weights are in "\.\.\/secret", outside the folder of the model/, () => ({
    input: ['N', 1],
    nodes: [node('Add', ['x', 'c'], 'y')],
    constants: [
      { name: 'c', dims: [1], dataType: 1, dataLocation: 1, externalData: [{ key: 'location', value: '../secret' }] },
    ],
  })),
  model('a constant of 40 GB that is to be computed', /the ONNX runtime fails on the constants of the model/, () => ({
    input: ['N', 1],
    nodes: [node('ConstantOfShape', ['s'], 'c'), node('Add', ['x', 'c'], 'y')],
    constants: [integers('s', [1e5, 1e5])],
  })),
  model('a circle of nodes', /its input 'y' is given by no node before it/, () => ({
    input: ['N', 784],
    nodes: [node('Relu', ['y'], 'y')],
  })),
  model('names with escape sequences', /Tanh node '\\u\{1b\}\]0;title\\u\{7\}'/, () => ({
    input: ['N', 784],
    nodes: [{ ...node('Tanh', ['x'], 'y'), name: '\u001b]0;title\u0007' }],
  })),
  model('a name of a megabyte', /Tanh node 'n{80}\.\.\.'/, () => ({
    input: ['N', 784],
    nodes: [{ ...node('Tanh', ['x'], 'y'), name: 'n'.repeat(1e6) }],
  })),
  model(
    'a batch of 0 samples, which the ONNX runtime does not run',
    /the input 'x' has a batch of 0 samples/,
    () => ({ input: [0, 784], nodes: [node('Relu', ['x'], 'y')] }),
    encode,
  ),
  model(
    'auto_pad with dilations, which the ONNX runtime does not run',
    /auto_pad SAME_UPPER with dilations/,
    () => image({ auto_pad: 'SAME_UPPER', dilations: [2, 2] }, 3),
    encode,
  ),
  model(
    'a network of which nothing could be verified in sensible time',
    /a forward pass of the network takes 292,626,432 multiplications; at most 67,108,864 can be verified/,
    () => ({
      input: [1, 1, 28, 28],
      nodes: [node('Conv', ['x', 'W'], 'y', { pads: [13, 13, 13, 13] })],
      constants: [floats('W', [512, 1, 27, 27], ones(512 * 27 * 27))],
    }),
    (path) => ['verify', path, '--dataset', 'digits', '--images', '0', '--epsilon', '0.02'],
  ),
  model(
    'an image of millions of pixels as a MIP',
    /the MIP of the network would be about 3,920,000 numbers/,
    () => ({ ...image({}), input: [1, 1, 1400, 1400] }),
    encode,
  ),
];
