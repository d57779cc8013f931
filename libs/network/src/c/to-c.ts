import { decisionThreshold } from '../classify.js';
import { kindOf } from '../layers/registry.js';
import type { Network } from '../network.js';
import { NetworkError } from '../network-error.js';
import { roundToFloat32 } from '../onnx/round-to-float32.js';
import { sizeOf } from '../shape.js';
import { validateNetwork } from '../shapes.js';
import { floatLiteral, identifier, stringLiteral } from './c-text.js';
import { indented } from './layer-writer.js';
import { scoresFunction } from './scores-function.js';
import { header, program } from './surroundings.js';

export interface CNames {
  /** Of the network; what the file declares begins with it (`identifier`). */
  readonly name: string;
  /** Names of the classes. Absent: 0, 1, ... */
  readonly classes?: readonly string[];
  /** Names of the inputs, for the reader of the file. */
  readonly inputs?: readonly string[];
}

/**
 * The network as one file of C99 without dependencies. It computes in float32, every step in the order of the ONNX
 * runtime (WebAssembly), so that scores and classes are the same numbers for finite inputs.
 * @throws NetworkError as `validateNetwork`, and 'unsupported' for numbers that are no float32 numbers
 */
export function toC(network: Network, { name, classes, inputs }: CNames): string {
  const shapes = validateNetwork(network);
  requireFloat32(network);
  const prefix = identifier(name);
  const macro = prefix.toUpperCase();
  const scores = sizeOf(shapes.at(-1) ?? network.inputShape);
  const count = Math.max(2, scores);
  const names = classes ?? Array.from({ length: count }, (_, index) => String(index));
  if (names.length !== count)
    throw new NetworkError('value', `${names.length} names of classes for a network of ${count} classes`);
  return [
    ...header({ prefix, macro, inputs, network }),
    '',
    `#define ${macro}_INPUTS ${sizeOf(network.inputShape)}`,
    `#define ${macro}_SCORES ${scores}`,
    `#define ${macro}_CLASSES ${count}`,
    '',
    `const char *const ${prefix}_class_names[${macro}_CLASSES] = {`,
    ...names.map((each) => `  ${stringLiteral(each)},`),
    '};',
    '',
    ...scoresFunction(network, prefix),
    '',
    ...classifyFunction(prefix, macro, scores, decisionThreshold(network)),
    '',
    ...program(prefix, macro),
    '',
  ].join('\n');
}

/** A file of float64 computes with other numbers in the runtime. */
function requireFloat32(network: Network): void {
  const rounded = roundToFloat32(network);
  network.layers.forEach((layer, index) => {
    const own = kindOf(layer).parameters(rounded.layers[index]);
    kindOf(layer)
      .parameters(layer)
      .forEach(([name, numbers], k) => {
        const at = numbers.findIndex((number, i) => number !== own[k][1][i] || !Number.isFinite(own[k][1][i]));
        if (at >= 0)
          throw new NetworkError(
            'unsupported',
            `${name}[${at}] is ${numbers[at]}, which is no float32 number; convert the model to float32`,
            { layer: index, kind: layer.kind },
          );
      });
  });
}

function classifyFunction(prefix: string, macro: string, scores: number, threshold: number): string[] {
  const body =
    scores === 1
      ? [`return scores[0] >= ${floatLiteral(threshold)};`]
      : [
          'int best = 0;',
          `for (int i = 1; i < ${macro}_SCORES; i++)`,
          '  if (scores[i] > scores[best]) best = i;',
          'return best;',
        ];
  return [
    scores === 1
      ? `/* Class 1 if the score is at least ${threshold}, else class 0. */`
      : '/* The class of the largest score; the first among equals. */',
    `int ${prefix}_classify(const float *input)`,
    '{',
    ...indented([`float scores[${macro}_SCORES];`, `${prefix}_scores(input, scores);`, ...body]),
    '}',
  ];
}
