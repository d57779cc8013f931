import { describe, expect, it } from 'vitest';
import { floats, integers, node, onnxModel, type ModelParts } from '../testing/onnx-model.js';
import { fromOnnx } from './from-onnx.js';
import { dataType, encodeModel, type OnnxNode } from './schema.js';

/** A chain of nodes of one input each, from 'x' to 'y'. */
function chain(length: number, make: (input: string, output: string, at: number) => OnnxNode): OnnxNode[] {
  return Array.from({ length }, (_, at) => make(at === 0 ? 'x' : `v${at}`, at === length - 1 ? 'y' : `v${at + 1}`, at));
}

const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const relus = (length: number): Uint8Array =>
  onnxModel({ input: ['N', 4], nodes: chain(length, (input, output) => node('Relu', [input], output)) });
const refusal = (bytes: Uint8Array): { code?: string; message: string } => {
  try {
    fromOnnx(bytes);
  } catch (error) {
    expect(error).toMatchObject({ name: 'NetworkError' });
    return error as Error;
  }
  return { message: 'none' };
};

describe('long graphs', () => {
  it('reads as many layers as are supported, and more nodes that are no layers', () => {
    expect(fromOnnx(relus(5000)).layers).toHaveLength(5000);
    const passing = chain(20_000, (input, output, at) =>
      at === 10_000 ? node('Relu', [input], output) : node('Identity', [input], output),
    );
    expect(fromOnnx(onnxModel({ input: ['N', 4], nodes: passing })).layers).toEqual([
      { kind: 'activation', activation: 'relu' },
    ]);
  });

  it('refuses more layers, naming the limit', () => {
    expect(refusal(relus(6000))).toMatchObject({
      code: 'unsupported',
      message: "Relu node 'v5001': the network has more than 5,000 layers, the most that is read",
    });
  });
});

describe('small files that describe large networks', () => {
  const image = (nodes: readonly OnnxNode[], ...constants: ModelParts['constants'] & object): ModelParts => ({
    input: [1, 1, 28, 28],
    nodes,
    constants,
  });
  it.each<[string, () => ModelParts, RegExp]>([
    [
      'an input of 10^12 numbers',
      () => ({ input: [1, 1, 1e6, 1e6], nodes: [node('Relu', ['x'], 'y')] }),
      /the input 'x' has dimensions .*too many/,
    ],
    [
      'pads of a million',
      () => image([node('Conv', ['x', 'W'], 'y', { pads: [1e6, 1e6, 1e6, 1e6] })], floats('W', [1, 1, 1, 1], [1])),
      /Conv node 'y': its output has 4,000,112,000,784 numbers; at most 4,194,304/,
    ],
    [
      'pads of a million, and a stride as large',
      () =>
        image(
          [node('Conv', ['x', 'W'], 'y', { pads: [1e6, 1e6, 1e6, 1e6], strides: [1e6, 1e6] })],
          floats('W', [1, 1, 1, 1], [1]),
        ),
      /Conv node 'y' would take the model beyond 67,108,864 numbers/,
    ],
    [
      'windows of a million cells',
      () => image([node('AveragePool', ['x'], 'y', { kernel_shape: [1000, 1000], pads: [999, 999, 999, 999] })]),
      /AveragePool node 'y': a forward pass up to here takes more than 8,589,934,592 multiplications/,
    ],
    [
      'pads of a billion around a vector',
      () => ({ input: ['N', 4], nodes: [node('Pad', ['x', 'p'], 'y')], constants: [integers('p', [0, 1e9, 0, 1e9])] }),
      /Pad node 'y': its result has the dimensions \[1, 2000000004\], which cannot be read/,
    ],
    [
      'zeros between numbers, a million each',
      () => image([node('ConvTranspose', ['x', 'W'], 'y', { strides: [1e6, 1e6] })], floats('W', [1, 1, 1, 1], [1])),
      /ConvTranspose node 'y' would take the model beyond/,
    ],
    [
      'one number ten billion times',
      () => ({ input: ['N', 1], nodes: [node('Expand', ['x', 's'], 'y')], constants: [integers('s', [1, 1e10])] }),
      /Expand node 'y': its result has the dimensions/,
    ],
    [
      'a filter of no weights for 10^15 channels',
      () => image([node('Conv', ['x', 'W'], 'y')], { name: 'W', dims: [1e15, 0, 1, 1], dataType: dataType.float }),
      /Conv node 'y': its weights are empty/,
    ],
    [
      'a tensor of a thousand axes',
      () => ({
        input: ['N', 1],
        nodes: [node('Add', ['x', 'c'], 'y')],
        constants: [floats('c', new Array<number>(1000).fill(1), [1])],
      }),
      /tensor 'c' has 1,000 axes; at most 64/,
    ],
    [
      'a reshape to a thousand axes',
      () => ({
        input: ['N', 1],
        nodes: [node('Reshape', ['x', 's'], 'y')],
        constants: [integers('s', new Array<number>(1000).fill(1))],
      }),
      /the shape of Reshape node 'y' has 1,000 axes/,
    ],
    [
      'a permutation of 100,000 axes',
      () => ({ input: ['N', 1], nodes: [node('Transpose', ['x'], 'y', { perm: new Array<number>(1e5).fill(0) })] }),
      /perm of Transpose node 'y' has 100,000 axes/,
    ],
    [
      'a tensor whose dimensions claim more than its bytes',
      () => ({ input: ['N', 1], nodes: [node('Add', ['x', 'c'], 'y')], constants: [floats('c', [1e12], [1])] }),
      /tensor 'c' has 1 numbers, but its dimensions/,
    ],
  ])('refuses %s', (_, parts, message) => {
    expect(refusal(onnxModel(parts()))).toMatchObject({ message: expect.stringMatching(message) });
  });

  it('refuses parts that would decode to gigabytes, before they are decoded', () => {
    // A graph of two million empty nodes: field 7 of the model, then field 1 of the graph without content.
    const nodes = Buffer.alloc(4_000_000, Buffer.from([0x0a, 0x00]));
    const graph = Buffer.concat([Buffer.from([0x3a, 0x80, 0x92, 0xf4, 0x01]), nodes]);
    expect(refusal(graph).message).toMatch(/too many small parts .* 512 MiB/);
    expect(
      refusal(
        onnxModel({
          input: ['N', 1],
          nodes: [node('Relu', ['x'], 'y')],
          constants: [integers('c', new Array<number>(6e6).fill(0))],
        }),
      ).message,
    ).toMatch(/too many small parts/);
  });

  it('refuses groups, which nest without end', () => {
    expect(refusal(Buffer.alloc(200_000, 0x0b)).message).toMatch(
      /not an ONNX model, or only a part of one: get the file again$/,
    );
  });
});

describe('files that are no model', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(), /the file is empty/],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0), /this is gzip; unpack it with gunzip/],
    [
      'a git-lfs pointer',
      text('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n'),
      /git-lfs pointer.*git lfs pull/,
    ],
    ['an HTML page', text('\n<!DOCTYPE html><html><head>'), /HTML page.*download the file itself/],
    ['JSON', text('{"irVersion": "8"}'), /JSON or text/],
    [
      'the text form of ONNX',
      text('ir_version: 8\nproducer_name: "pytorch"\ngraph {\n'),
      /text form of an ONNX model; save it in the binary format/,
    ],
    [
      'the textual syntax of ONNX',
      text('<\n  ir_version: 8,\n  opset_import: ["" : 17]\n>\nagraph (float[N, 2] x) => (float[N, 2] y) {}'),
      /text form of an ONNX model/,
    ],
    ['a PyTorch archive', Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), /zip archive.*torch\.onnx\.export/],
    ['a pickle', Uint8Array.of(0x80, 4, 0x95, 0, 0), /Python pickle/],
    ['HDF5', Uint8Array.of(0x89, 0x48, 0x44, 0x46, 13, 10), /HDF5 file/],
    ['other text', text('hello\n'), /this is text, not an ONNX model, which is binary/],
    ['a part of a model', relus(3).subarray(0, 40), /only a part of one: get the file again/],
  ])('says that it is %s', (_, bytes, message) => {
    expect(refusal(bytes)).toMatchObject({ code: 'onnx', message: expect.stringMatching(message) });
  });

  it('says how to store weights of a second file in the model', () => {
    const parts: ModelParts = {
      input: ['N', 1],
      nodes: [node('Add', ['x', 'c'], 'y')],
      constants: [{ name: 'c', dims: [1], dataType: 1, dataLocation: 1 }],
    };
    expect(refusal(onnxModel(parts)).message).toMatch(
      /another file; store the model as one file: .*onnx\.save_model\(.*external_data=False/,
    );
  });
});

describe('names and what cannot run', () => {
  it('writes names with escapes, cut to a length that can be read', () => {
    const named = (name: string): string =>
      refusal(onnxModel({ input: ['N', 2], nodes: [{ ...node('Softmax', ['x'], 'y'), name }] })).message;
    expect(named('\u001b]0;pwned\u0007\u202e')).toMatch(
      /^Softmax node '\\u\{1b\}\]0;pwned\\u\{7\}\\u\{202e\}': the operator Softmax is not supported: it turns/,
    );
    expect(named('n'.repeat(1e6)).length).toBeLessThan(500);
    expect(refusal(onnxModel({ input: ['N', 2], nodes: [node('\u001b[2J', ['x'], 'y')] })).message).not.toContain(
      '\u001b',
    );
  });

  it('refuses what the ONNX runtime does not run: a batch of 0, and auto_pad with dilations', () => {
    expect(refusal(onnxModel({ input: [0, 2], nodes: [node('Relu', ['x'], 'y')] })).message).toMatch(
      /the input 'x' has a batch of 0 samples/,
    );
    const dilated = node('Conv', ['x', 'W'], 'y', { auto_pad: 'SAME_UPPER', dilations: [2, 2] });
    expect(
      refusal(
        onnxModel({
          input: [1, 1, 5, 5],
          nodes: [dilated],
          constants: [floats('W', [1, 1, 3, 3], new Array<number>(9).fill(1))],
        }),
      ).message,
    ).toMatch(/Conv node 'y': auto_pad SAME_UPPER with dilations is not supported; give the pads as numbers/);
    expect(fromOnnx(onnxModel({ input: [-1, 2], nodes: [node('Relu', ['x'], 'y')] })).inputShape).toEqual([2]);
  });

  it('counts a constant once, however the model is stored', () => {
    const model = encodeModel({
      irVersion: 8,
      opsetImport: [{ version: 17 }],
      graph: { node: [node('Relu', ['x'], 'y')], output: [{ name: 'y' }] },
    });
    expect(refusal(model).message).toBe('the graph has no input');
  });
});
