import type { Random } from '@mipnet/dataset';
import { floats, integers, node, onnxModel } from '@mipnet/network/testing/onnx-model';

export interface RandomChain {
  readonly bytes: Uint8Array;
  readonly inputs: number;
  readonly outputs: number;
}

type Parts = Required<Pick<Parameters<typeof onnxModel>[0], 'nodes' | 'constants'>>;

/** A random small network of every operator that certificates are about, as an ONNX file. */
export function randomChain(random: Random): RandomChain {
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
  const isImage = random.integer(3) === 0;
  const shape = isImage ? [1, 3, 3] : [2 + random.integer(3)];
  let size = shape.reduce((product, extent) => product * extent, 1);
  if (random.integer(3) === 0) add('Sub', [constant([], () => 0.25)]);
  if (isImage) {
    add('Conv', [constant([2, 1, 2, 2]), constant([2])], { pads: [0, 0, 1, 1], strides: [1, 1] });
    const positive = () => 0.5 + random.uniform();
    if (random.integer(2) === 0)
      add('BatchNormalization', [constant([2], positive), constant([2]), constant([2]), constant([2], positive)]);
    activation();
    if (random.integer(2) === 0) add('Flatten', []);
    else {
      constants.push(integers('flat', [0, -1]));
      add('Reshape', ['flat']);
    }
    size = 18;
  }
  for (let layer = 1 + random.integer(2); layer > 0; layer--) {
    const outputs = 3 + random.integer(4);
    dense(size, outputs);
    activation();
    size = outputs;
  }
  dense(size, 2);
  return {
    bytes: onnxModel({ input: ['N', ...shape], nodes, constants, output: value }),
    inputs: shape.reduce((product, extent) => product * extent, 1),
    outputs: 2,
  };
}
