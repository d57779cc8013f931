import { describe, expect, it } from 'vitest';
import { forward } from '../forward.js';
import { floats, node, onnxModel } from '../testing/onnx-model.js';
import { fromOnnx } from './from-onnx.js';
import { withOutput } from './model-output.js';
import { rewrittenModel } from './rewritten-model.js';
import { withRunnableOpset } from './runnable-opset.js';
import { dataType, decodeModel, encodeModel, type OnnxNode } from './schema.js';

const scores = node('Gemm', ['x', 'W'], 's');
const constants = [floats('W', [2, 3], [1, 2, 3, 4, 5, 6])];
const ending = (...nodes: readonly OnnxNode[]): Uint8Array =>
  onnxModel({ input: ['N', 2], nodes: [scores, ...nodes], constants });
const scoresOf = (bytes: Uint8Array): number[] => [...forward(fromOnnx(bytes), Float64Array.of(1, 1), 1)];

/** A model with several outputs, of a type each; undefined is a map. */
function manyOutputs(
  nodes: readonly OnnxNode[],
  outputs: readonly (readonly [string, number | undefined])[],
): Uint8Array {
  const model = decodeModel(onnxModel({ input: ['N', 2], nodes: [scores, ...nodes], constants }));
  return encodeModel({
    ...model,
    graph: {
      ...model.graph,
      output: outputs.map(([name, elemType]) => ({ name, ...(elemType && { type: { tensorType: { elemType } } }) })),
    },
  });
}

describe('the end of a classifier', () => {
  it.each<[string, Uint8Array, readonly string[]]>([
    ['Softmax', ending(node('Softmax', ['s'], 'y', { axis: 1 })), ['Softmax']],
    ['LogSoftmax and Identity', ending(node('LogSoftmax', ['s'], 'l'), node('Identity', ['l'], 'y')), ['LogSoftmax']],
    ['Sigmoid', ending(node('Sigmoid', ['s'], 'y')), ['Sigmoid']],
    [
      'ArgMax of a Softmax',
      ending(
        node('Softmax', ['s'], 'p'),
        node('ArgMax', ['p'], 'a', { axis: -1 }),
        node('Cast', ['a'], 'y', { to: dataType.float }),
      ),
      ['ArgMax', 'Softmax'],
    ],
  ])('%s is left out', (_, bytes, expected) => {
    const chosen = withOutput(bytes);
    expect(chosen.ending).toEqual(expected);
    expect(scoresOf(chosen.bytes)).toEqual([5, 7, 9]);
    expect(chosen.notes).toEqual([expect.stringContaining(`ends in ${[...expected].reverse().join(', ')}`)]);
  });

  it('1 - p and p of one score z become -z and z', () => {
    const bytes = onnxModel({
      input: ['N', 2],
      nodes: [
        node('Gemm', ['x', 'V'], 'z'),
        node('Sigmoid', ['z'], 'p'),
        node('Sub', ['one', 'p'], 'q'),
        node('Concat', ['q', 'p'], 'y', { axis: 1 }),
      ],
      constants: [floats('V', [2, 1], [1, 2]), floats('one', [1], [1])],
    });
    expect(scoresOf(withOutput(bytes).bytes)).toEqual([-3, 3]);
  });

  it('c - p and p stay, unless c is 1: another class may be the largest', () => {
    const bytes = onnxModel({
      input: ['N', 2],
      nodes: [
        node('Gemm', ['x', 'V'], 'z'),
        node('Sigmoid', ['z'], 'p'),
        node('Sub', ['c', 'p'], 'q'),
        node('Concat', ['q', 'p'], 'y', { axis: 1 }),
      ],
      constants: [floats('V', [2, 1], [1, 2]), floats('c', [1], [1.5])],
    });
    expect(withOutput(bytes)).toEqual({ bytes, ending: [], notes: [] });
  });

  it('stays if integers are made of it, but for a label', () => {
    const cut = ending(node('Softmax', ['s'], 'p'), node('Cast', ['p'], 'y', { to: dataType.int64 }));
    expect(withOutput(cut).ending).toEqual([]);
    const label = ending(node('ArgMax', ['s'], 'l', { axis: 1 }), node('Cast', ['l'], 'y', { to: dataType.int64 }));
    expect(withOutput(label).ending).toEqual(['ArgMax']);
  });

  it('stays if it compares samples, or is not at the end', () => {
    expect(withOutput(ending(node('Softmax', ['s'], 'y', { axis: 0 }))).ending).toEqual([]);
    const inside = ending(node('Softmax', ['s'], 'p'), node('Relu', ['p'], 'y'));
    expect(withOutput(inside).ending).toEqual([]);
    expect(() => fromOnnx(withOutput(inside).bytes)).toThrow(
      /Softmax node 'p'.*name the value before it with --output/,
    );
  });
});

describe('the output of a model', () => {
  const label = node('ArgMax', ['s'], 'label', { axis: 1 });
  const relu = node('Relu', ['s'], 'r');

  it('is the first one of numbers, not the label', () => {
    const chosen = withOutput(
      manyOutputs(
        [label, relu],
        [
          ['label', dataType.int64],
          ['r', dataType.float],
        ],
      ),
    );
    expect(decodeModel(chosen.bytes).graph?.output?.map(({ name }) => name)).toEqual(['r']);
    expect(decodeModel(chosen.bytes).graph?.node?.map(({ opType }) => opType)).toEqual(['Gemm', 'Relu']);
    expect(chosen.notes[0]).toContain('outputs label, r; r is used');
  });

  it('is the one that is named, which may be inside the graph', () => {
    const bytes = manyOutputs(
      [label, relu],
      [
        ['label', dataType.int64],
        ['r', dataType.float],
      ],
    );
    expect(scoresOf(withOutput(bytes, 's').bytes)).toEqual([5, 7, 9]);
    expect(scoresOf(withOutput(bytes, 'label').bytes)).toEqual([5, 7, 9]);
    expect(() => withOutput(bytes, 'none')).toThrow("the graph has no value 'none'; its outputs are 'label', 'r'");
  });

  it('changes no bytes if there is nothing to choose', () => {
    const bytes = ending(node('Relu', ['s'], 'y'));
    expect(withOutput(bytes)).toEqual({ bytes, ending: [], notes: [] });
    expect(withOutput(bytes).bytes).toBe(bytes);
  });
});

describe('a rewritten model', () => {
  it('keeps what is not known of a node', () => {
    // A graph inside a node, which the schema does not have: field 6 of an attribute.
    const odd: OnnxNode = {
      ...node('If', ['s'], 'y'),
      attribute: [{ name: 'then_branch', type: 5, s: new Uint8Array(3) }],
    };
    const bytes = ending(odd);
    const again = rewrittenModel(bytes, { outputs: [{ name: 'y' }] });
    expect(decodeModel(again).graph?.node).toEqual(decodeModel(bytes).graph?.node);
  });

  it('has the opset that is asked for, once', () => {
    const model = { ...decodeModel(ending()), opsetImport: [{ domain: 'ai.onnx.ml', version: 1 }, { version: 28 }] };
    const opsets = decodeModel(withRunnableOpset(encodeModel(model))).opsetImport;
    expect(opsets).toEqual([{ domain: 'ai.onnx.ml', version: 1 }, { version: 26 }]);
    const known = encodeModel({ ...model, opsetImport: [{ version: 26 }] });
    expect(withRunnableOpset(known)).toBe(known);
  });
});
