import type { Random } from '@mipnet/dataset';
import { floats, integers, node, onnxModel } from '@mipnet/network/testing/onnx-model';

export interface RandomGraph {
  readonly bytes: Uint8Array;
  readonly inputs: number;
  readonly outputs: number;
}

type Parts = Required<Pick<Parameters<typeof onnxModel>[0], 'nodes' | 'constants'>>;

/** A random small network of every operator that certificates are about, with branches that join again. */
export function randomGraph(random: Random): RandomGraph {
  const nodes: Parts['nodes'][number][] = [];
  const constants: Parts['constants'][number][] = [];
  let value = 'x';
  const constant = (dims: readonly number[], number = () => 2 * random.uniform() - 1): string => {
    const name = `c${constants.length}`;
    const length = dims.reduce((product, extent) => product * extent, 1);
    constants.push(floats(name, dims, Array.from({ length }, number)));
    return name;
  };
  const add = (opType: string, others: readonly string[], attributes: Parameters<typeof node>[3] = {}): void => {
    nodes.push(node(opType, [value, ...others], `v${nodes.length}`, attributes));
    value = `v${nodes.length - 1}`;
  };
  const activation = (): void => {
    const kind = random.integer(8);
    if (kind < 3) add('Relu', []);
    else if (kind === 3) add('LeakyRelu', [], { alpha: { float: random.integer(2) === 0 ? 0.1 : 1.7 } });
    else if (kind === 4) add('Abs', []);
    else if (kind === 5) add('Sign', []);
    else if (kind === 6) {
      const [x, isHigh] = [value, `high${nodes.length}`];
      nodes.push(node('GreaterOrEqual', [x, constant([], () => 0)], isHigh));
      value = isHigh;
      add('Where', [constant([], () => 1), constant([], () => -random.integer(2))]);
    } else add('Clip', [constant([], () => -0.5), constant([], () => 1)]);
  };
  const dense = (inputs: number, outputs: number): void => {
    if (random.integer(2) === 0) {
      add('MatMul', [constant([inputs, outputs])]);
      add('Add', [constant([outputs])]);
    } else {
      const isTransposed = random.integer(2);
      const weights = constant(isTransposed === 1 ? [outputs, inputs] : [inputs, outputs]);
      const beta = { float: 1.5 };
      add('Gemm', [weights, constant([outputs])], { transB: isTransposed, alpha: { float: 0.7 }, beta });
    }
    if (random.integer(4) === 0) add('Mul', [constant([], () => 0.5 + random.uniform())]);
    if (random.integer(6) === 0) add('Div', [constant([outputs], () => 1 + random.uniform())]);
  };
  const quantize = (): void => {
    const levels = constant([], () => 4);
    add('Mul', [levels]);
    add('Add', [constant([], () => 0.5)]);
    add('Floor', []);
    add('Div', [levels]);
  };
  const other = (of: string, opType: string, others: readonly string[], attributes = {}): string => {
    nodes.push(node(opType, [of, ...others], `v${nodes.length}`, attributes));
    return `v${nodes.length - 1}`;
  };
  /** Joins the value with one before it; the size of the result. */
  const branch = (before: string, width: number): number => {
    switch (random.integer(6)) {
      case 0:
        add(random.integer(2) === 0 ? 'Add' : 'Sub', [random.integer(2) === 0 ? before : other(before, 'Relu', [])]);
        return width;
      case 1:
        add('Add', [other(before, 'Mul', [constant([], () => -1.5)])]);
        if (random.integer(2) === 0) add('Mul', [constant([], () => 0.7)]);
        return width;
      case 2:
        add('Concat', [before, other(before, 'Abs', [])], { axis: 1 });
        return 3 * width;
      case 3: {
        const name = `pick${constants.length}`;
        const picks = Array.from({ length: width + 1 }, () => random.integer(width));
        constants.push(integers(name, picks));
        add('Gather', [name], { axis: 1 });
        return width + 1;
      }
      default:
        return width;
    }
  };
  const isImage = random.integer(3) === 0;
  const shape = isImage ? [1, 3, 3] : [2 + random.integer(3)];
  let size = shape.reduce((product, extent) => product * extent, 1);
  if (random.integer(4) === 0) {
    nodes.push(node('IsNaN', ['x'], 'missing'), node('Where', ['missing', constant([], () => 0.5), 'x'], 'filled'));
    value = 'filled';
  }
  if (random.integer(3) === 0) add('Sub', [constant([], () => 0.25)]);
  let imageSize = 18;
  if (isImage) {
    add('Conv', [constant([2, 1, 2, 2]), constant([2])], { pads: [0, 0, 1, 1], strides: [1, 1] });
    const positive = () => 0.5 + random.uniform();
    if (random.integer(2) === 0)
      add('BatchNormalization', [constant([2], positive), constant([2]), constant([2]), constant([2], positive)]);
    activation();
    if (random.integer(3) === 0) {
      const isPadded = random.integer(2) === 0;
      const pads = { pads: isPadded ? [1, 1, 1, 1] : [0, 0, 0, 0] };
      const count = { count_include_pad: random.integer(2) };
      const edge = isPadded ? 4 : 2;
      if (random.integer(2) === 0) add('MaxPool', [], { kernel_shape: [2, 2], ...pads });
      else add('AveragePool', [], { kernel_shape: [2, 2], ...pads, ...count });
      imageSize = 2 * edge * edge;
    }
    if (random.integer(2) === 0) add('Flatten', []);
    else {
      constants.push(integers('flat', [0, -1]));
      add('Reshape', ['flat']);
    }
    size = imageSize;
  }
  for (let layer = 1 + random.integer(2); layer > 0; layer--) {
    const outputs = 3 + random.integer(4);
    dense(size, outputs);
    const before = value;
    if (random.integer(5) === 0) quantize();
    else activation();
    size = outputs;
    size = branch(before, size);
  }
  dense(size, 2);
  return {
    bytes: onnxModel({ input: ['N', ...shape], nodes, constants, output: value }),
    inputs: shape.reduce((product, extent) => product * extent, 1),
    outputs: 2,
  };
}
