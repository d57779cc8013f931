// Tested by to-c.int.test.ts.
import type { Activation, ActivationName } from '../activations/registry.js';
import type { Concat, Fill, Quantize, Select } from '../network.js';
import { sizeOf } from '../shape.js';
import { floatLiteral, table } from './c-text.js';
import { loop, type LayerInC, type LayerPlace, type LayerWriter } from './layer-writer.js';

/** A function of one number over every number; `expression` is about `v`. */
const elementwise = (about: string, expression: string, { output }: LayerPlace): LayerInC => ({
  about,
  body: loop('i', sizeOf(output), ['const float v = x[i];', `y[i] = ${expression};`]),
});

type Expression<A> = (activation: A) => string;

/** All activations by name. One that is missing does not compile. */
const expressions = {
  relu: () => 'v > 0.0f ? v : 0.0f',
  leakyRelu: ({ slope }) => `v >= 0.0f ? v : ${floatLiteral(slope)} * v`,
  clip: ({ low, high }) => {
    const [below, above] = [low, high].map((end) => (Number.isFinite(Math.fround(end)) ? floatLiteral(end) : ''));
    const upper = above === '' ? 'v' : `v > ${above} ? ${above} : v`;
    return below === '' ? upper : `v < ${below} ? ${below} : ${upper}`;
  },
  abs: () => 'v < 0.0f ? -v : v',
  step: () => 'v >= 0.0f ? 1.0f : 0.0f',
  sign: () => 'v >= 0.0f ? 1.0f : -1.0f',
  ternary: ({ threshold }) => {
    const bound = Math.fround(threshold);
    // The file writes a threshold that rounds to 0 as the operator Sign, which is 0 at 0.
    if (bound === 0) return 'v > 0.0f ? 1.0f : v < 0.0f ? -1.0f : 0.0f';
    return `v >= ${floatLiteral(bound)} ? 1.0f : v <= ${floatLiteral(-bound)} ? -1.0f : 0.0f`;
  },
} satisfies { readonly [N in ActivationName]: Expression<Extract<Activation, { activation: N }>> };

export const activation: LayerWriter<Activation> = (layer, place) =>
  elementwise(layer.activation, (expressions[layer.activation] as unknown as Expression<Activation>)(layer), place);

/** As the nodes of the file: Mul, Add, Floor, Div. */
export const quantize: LayerWriter<Quantize> = ({ levels }, { output }) => ({
  about: `to multiples of 1/${levels}`,
  body: loop('i', sizeOf(output), [
    `const float product = x[i] * ${floatLiteral(levels)};`,
    'const float shifted = product + 0.5f;',
    // No floorf: it would need the library of mathematics. Floats from 2^23 on are whole already.
    'const int isSmall = shifted > -8388608.0f && shifted < 8388608.0f;',
    'const float cut = isSmall ? (float)(int32_t)shifted : shifted;',
    `y[i] = (cut > shifted ? cut - 1.0f : cut) / ${floatLiteral(levels)};`,
  ]),
});

export const concat: LayerWriter<Concat> = (_, { inputs }) => {
  let start = 0;
  return {
    about: `${inputs.length} layers one after the other`,
    body: inputs.flatMap((shape, source) => {
      const lines = loop('i', sizeOf(shape), [`y[${start} + i] = x${source}[i];`]);
      start += sizeOf(shape);
      return lines;
    }),
  };
};

export const select: LayerWriter<Select> = ({ positions, constants }, { name, output }) => {
  const hasConstants = positions.includes(-1);
  const constant = constants === undefined ? '0.0f' : `${name}_constants[i]`;
  return {
    about: `${positions.length} of its numbers, by position`,
    tables: [
      ...table('int32_t', `${name}_positions`, positions),
      ...(hasConstants && constants !== undefined ? table('float', `${name}_constants`, constants) : []),
    ],
    body: loop('i', sizeOf(output), [
      hasConstants
        ? `y[i] = ${name}_positions[i] < 0 ? ${constant} : x[${name}_positions[i]];`
        : `y[i] = x[${name}_positions[i]];`,
    ]),
  };
};

/** A missing number (NaN) is the only one that differs from itself. */
export const fill: LayerWriter<Fill> = ({ values }, { name }) => ({
  about: 'a number for each missing input',
  tables: table('float', `${name}_values`, values),
  body: loop('i', values.length, [`y[i] = x[i] != x[i] ? ${name}_values[i] : x[i];`]),
});
