// Tested by to-c.int.test.ts.
import { networkInput, sourcesOf } from '../graph.js';
import type { Network } from '../network.js';
import { sizeOf } from '../shape.js';
import { validateNetwork } from '../shapes.js';
import { assignBuffers } from './buffers.js';
import { commentText } from './c-text.js';
import { indented, loop, type LayerInC } from './layer-writer.js';
import { writerOf } from './layer-writers.js';

/** The layers, each a function with its tables, and the function that calls them in order. */
export function scoresFunction(network: Network, prefix: string): string[] {
  const shapes = validateNetwork(network);
  const sources = sourcesOf(network);
  const layers = network.layers.map((layer, index) =>
    writerOf(layer)(layer, {
      name: `layer${index}`,
      inputs: sources[index].map((source) => (source < 0 ? network.inputShape : shapes[source])),
      output: shapes[index],
    }),
  );
  // A layer that changes no number is the layer that it reads.
  const origins: number[] = [];
  const originOf = (source: number): number => (source < 0 ? networkInput : origins[source]);
  layers.forEach((layer, index) => origins.push(layer === undefined ? originOf(sources[index][0]) : index));
  const result = originOf(layers.length - 1);
  const reads = layers.map((layer, index) => (layer === undefined ? [] : sources[index].map(originOf)));
  const buffers = assignBuffers(
    layers.map((layer, index) => (layer === undefined || index === result ? undefined : sizeOf(shapes[index]))),
    reads,
  );
  const nameOf = (index: number): string =>
    index < 0 ? 'input' : index === result ? 'scores' : `buffer${buffers.of[index]}`;
  return [
    ...layers.flatMap((layer, index) =>
      layer === undefined ? [] : layerFunction(layer, index, reads[index].length, network.layers[index].name),
    ),
    `void ${prefix}_scores(const float *input, float *scores)`,
    '{',
    ...indented([
      ...buffers.sizes.map((size, buffer) => `MIPNET_BUFFER float buffer${buffer}[${size}];`),
      ...layers.flatMap((layer, index) =>
        layer === undefined ? [] : [`layer${index}(${[...reads[index], index].map(nameOf).join(', ')});`],
      ),
      ...(result < 0 ? loop('i', sizeOf(network.inputShape), ['scores[i] = input[i];']) : []),
    ]),
    '}',
  ];
}

function layerFunction({ about, tables = [], body }: LayerInC, index: number, reads: number, name?: string): string[] {
  const inputs = reads === 1 ? ['x'] : Array.from({ length: reads }, (_, source) => `x${source}`);
  const own = name === undefined ? '' : ` '${commentText(name)}'`;
  return [
    `/* layer ${index}${own}: ${about} */`,
    ...tables,
    `static void layer${index}(${inputs.map((input) => `const float *${input}`).join(', ')}, float *y)`,
    '{',
    ...indented(body),
    '}',
    '',
  ];
}
