import { crownBounds } from '@mipnet/bounds';
import { fromOnnx, inFloat32, inputSize, type Network } from '@mipnet/network';
import { node, onnxModel, type ModelParts } from '@mipnet/network/testing/onnx-model';
import { Draw, operatorModels } from '@mipnet/network/testing/operator-models';
import { describe, expect, it } from 'vitest';
import { openOnnxRuntime } from './onnx-runtime.js';

/** MIPNET_FUZZ_SEEDS=300 makes the long version. */
const seeds = Number(process.env.MIPNET_FUZZ_SEEDS ?? 6);

/** The model with a dense layer in front, so that what the operator reads was rounded, and may be merged. */
function behindScale({ input, nodes, constants = [], ...rest }: ModelParts): ModelParts {
  const renamed = nodes.map((own) => ({ ...own, input: own.input?.map((name) => (name === 'x' ? 'before' : name)) }));
  const scalar = (name: string, value: number) => ({ name, dims: [], dataType: 1, floatData: [value] });
  return {
    ...rest,
    input,
    nodes: [node('Mul', ['x', 'gain'], 'gained'), node('Add', ['gained', 'shift'], 'before'), ...renamed],
    constants: [...constants, scalar('gain', 1 / 3), scalar('shift', 0.1)],
  };
}

/** Inputs in a box, corners among them. */
function pointsIn(network: Network, lower: Float64Array, upper: Float64Array, draw: Draw): Float64Array[] {
  return Array.from({ length: 20 }, (_, k) =>
    Float64Array.from({ length: inputSize(network) }, (_, i) => {
      const at = k < 6 ? draw.of(0, 1) : draw.between(0, 1000) / 1000;
      return Math.min(upper[i], Math.max(lower[i], Math.fround(lower[i] + at * (upper[i] - lower[i]))));
    }),
  );
}

describe('what the runtime computes lies within the bounds, however narrow the box is', () => {
  it.each(Object.entries(operatorModels))('%s', async (_, make) => {
    for (let seed = 1; seed <= seeds; seed++) {
      const draw = new Draw(seed, 1 / 30);
      const parts = make(draw);
      const bytes = onnxModel(draw.of(true, false) ? behindScale(parts) : parts);
      const network = inFloat32(fromOnnx(bytes));
      const runtime = await openOnnxRuntime(bytes);
      try {
        const reach = draw.of(0, 1e-6, 0.01, 1);
        const centre = Float64Array.from({ length: inputSize(network) }, () => Math.fround(draw.between(-60, 60) / 30));
        const [lower, upper] = [centre.map((x) => Math.fround(x - reach)), centre.map((x) => Math.fround(x + reach))];
        const bounds = crownBounds(network, { lower, upper });
        const last = bounds.layers.at(-1) ?? { lower, upper };
        for (const point of pointsIn(network, lower, upper, draw)) {
          (await runtime.run(point)).forEach((value, at) => {
            if (!(value >= last.lower[at] && value <= last.upper[at]))
              expect.fail(`seed ${seed}: output ${at} is ${value}, outside [${last.lower[at]}, ${last.upper[at]}]`);
          });
        }
      } finally {
        await runtime.release();
      }
    }
  });
});
