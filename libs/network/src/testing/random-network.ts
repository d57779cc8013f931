import fc from 'fast-check';
import { activationKinds } from '../activations/registry.js';
import type { Layer, Network } from '../network.js';
import type { Shape } from '../shape.js';
import { outputShape } from '../shapes.js';
import { sizeOf } from '../shape.js';

const number = fc.integer({ min: -40, max: 40 }).map((tenths) => tenths / 10);
const numbers = (length: number) =>
  fc.array(number, { minLength: length, maxLength: length }).map((list) => Float64Array.from(list));
const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));
const pads = (most: number) =>
  fc.tuple(...[0, 0, 0, 0].map(() => fc.integer({ min: 0, max: most }))) as fc.Arbitrary<
    [number, number, number, number]
  >;

/** Networks of up to five layers of every kind that fit together, on a vector or a small image. */
export const randomNetwork: fc.Arbitrary<Network> = fc
  .oneof(
    fc.tuple(fc.integer({ min: 1, max: 8 })),
    fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 3, max: 6 }), fc.integer({ min: 3, max: 6 })),
  )
  .chain((inputShape) => layersFrom(inputShape, 5).map((layers) => ({ inputShape, layers })));

/** Inputs for a network on a grid of tenths, `count` of them. */
export function randomInputs(network: Network, count: number): fc.Arbitrary<Float64Array> {
  return numbers(count * sizeOf(network.inputShape));
}

function layersFrom(shape: Shape, most: number): fc.Arbitrary<readonly Layer[]> {
  if (most === 0) return fc.constant([]);
  return fc.option(layerOn(shape), { freq: 6, nil: undefined }).chain((layer) => {
    if (layer === undefined) return fc.constant<readonly Layer[]>([]);
    let next: Shape;
    try {
      next = outputShape(layer, shape);
    } catch {
      return fc.constant<readonly Layer[]>([]); // The kernel does not fit: the network ends here.
    }
    return layersFrom(next, most - 1).map((rest) => [layer, ...rest]);
  });
}

function layerOn(shape: Shape): fc.Arbitrary<Layer> {
  const anywhere = [selectOn(shape), scaleOn(shape), quantize, activation, fc.constant<Layer>({ kind: 'flatten' })];
  return shape.length === 1
    ? fc.oneof(denseOn(shape[0]), ...anywhere)
    : fc.oneof(convolutionOn(shape[0]), pool, ...anywhere);
}

function denseOn(inputs: number): fc.Arbitrary<Layer> {
  return fc.integer({ min: 1, max: 5 }).chain((outputs) =>
    fc.record({
      kind: fc.constant('dense' as const),
      inputs: fc.constant(inputs),
      outputs: fc.constant(outputs),
      weights: numbers(outputs * inputs),
      bias: numbers(outputs),
    }),
  );
}

function convolutionOn(channels: number): fc.Arbitrary<Layer> {
  return fc
    .record({ groups: fc.constantFrom(1, channels), multiple: fc.integer({ min: 1, max: 2 }), kernel: pair(1, 3) })
    .chain(({ groups, multiple, kernel }) =>
      fc.record({
        kind: fc.constant('conv2d' as const),
        inputChannels: fc.constant(channels),
        outputChannels: fc.constant(groups * multiple),
        groups: fc.constant(groups),
        kernel: fc.constant(kernel),
        strides: pair(1, 2),
        dilations: pair(1, 2),
        pads: pads(2),
        weights: numbers(groups * multiple * (channels / groups) * kernel[0] * kernel[1]),
        bias: numbers(groups * multiple),
      }),
    );
}

const pool: fc.Arbitrary<Layer> = fc.constantFrom('maxPool2d' as const, 'averagePool2d' as const).chain((kind) =>
  fc.record({
    kind: fc.constant(kind),
    kernel: pair(2, 3),
    strides: pair(1, 2),
    pads: pads(1),
    countIncludePad: kind === 'maxPool2d' ? fc.constant(false) : fc.boolean(),
  }),
);

/** Keeps an image an image, so that it is not flattened in the file. */
function selectOn(shape: Shape): fc.Arbitrary<Layer> {
  const size = sizeOf(shape);
  return fc
    .array(fc.integer({ min: 0, max: size - 1 }), { minLength: size, maxLength: size })
    .map((positions) => ({ kind: 'select' as const, positions: Int32Array.from(positions), shape }));
}

function scaleOn(shape: Shape): fc.Arbitrary<Layer> {
  const lengths = fc.constantFrom(1, shape[0], sizeOf(shape));
  return fc
    .tuple(lengths, lengths)
    .chain(([factors, offsets]) =>
      fc.record({ kind: fc.constant('scale' as const), factor: numbers(factors), offset: numbers(offsets) }),
    );
}

const quantize: fc.Arbitrary<Layer> = fc.integer({ min: 1, max: 16 }).map((levels) => ({ kind: 'quantize', levels }));

/** Any registered activation; its parameters are on a grid of tenths, as the numbers are. */
const activation: fc.Arbitrary<Layer> = fc
  .tuple(fc.constantFrom(...activationKinds), fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 3, maxLength: 3 }))
  .map(([kind, tenths]) => {
    let at = 0;
    return kind.draw(() => tenths[at++ % tenths.length] / 10);
  });
