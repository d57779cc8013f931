// Tested by to-c.int.test.ts.
import type { Network } from '../network.js';
import { commentText } from './c-text.js';

/** What stands before the tables: how to use the file, and what keeps its arithmetic as it is. */
export function header({
  prefix,
  macro,
  inputs,
  network: { inputShape, layers, metadata },
}: {
  readonly prefix: string;
  readonly macro: string;
  readonly inputs?: readonly string[];
  readonly network: Network;
}): string[] {
  const image = inputShape.length > 1 ? `, ${inputShape.join(' x ')}, pixels 0..1` : '';
  const fills = layers.some(({ kind }) => kind === 'fill');
  const origin = [metadata?.name, metadata?.dataset].filter((text) => text !== undefined).map(commentText);
  const named = origin.length === 0 ? '' : ` (${origin.join(', ')})`;
  return [
    '/*',
    ` * A neural network${named} in C99, written by mipnet export. It needs no library.`,
    ' *',
    ` *   int ${prefix}_classify(const float *input);                class, from 0 to ${macro}_CLASSES - 1`,
    ` *   void ${prefix}_scores(const float *input, float *scores);  ${macro}_SCORES numbers`,
    ` *   extern const char *const ${prefix}_class_names[];`,
    ' *',
    ` * input: ${macro}_INPUTS finite numbers${image}${fills ? '; NaN is a missing number' : ''}.`,
    ...(metadata?.transformation === undefined
      ? []
      : [` * The images must be transformed before: ${commentText(metadata.transformation)} (docs/network-file.md).`]),
    ...(inputs ?? []).map((input, index) => ` *   ${index}: ${commentText(input)}`),
    ' *',
    ' * Compile:             cc -std=c99 -O2 -c FILE.c',
    ' * A program that reads rows of float32 numbers (little-endian) and prints their classes:',
    ' *                      cc -std=c99 -O2 -DMIPNET_MAIN FILE.c -o classify && ./classify < rows.f32',
    ' * (with any argument, it prints the names of the classes instead of their numbers).',
    ' *',
    ' * Every step is in float32 and in the order of the ONNX runtime (onnxruntime-web), which gives the same scores',
    ' * bit for bit, with two exceptions, where the last bits may differ: a convolution directly before a scale or a',
    ' * sum of layers, because the runtime merges them; and convolutions of one filter per group. It needs arithmetic',
    ' * without fused multiply-add, which the lines below forbid to GCC and Clang; other compilers may need an option.',
    ' * Values of layers are in static memory; -DMIPNET_BUFFER="static _Thread_local" gives each thread its own.',
    ' */',
    '#include <float.h>',
    '#include <stdint.h>',
    '',
    // 16 is about _Float16 only.
    '#if FLT_EVAL_METHOD < 0 || FLT_EVAL_METHOD == 1 || FLT_EVAL_METHOD == 2 || defined(__FAST_MATH__)',
    '#error "this file needs plain float32 arithmetic: no -ffast-math, and on 32-bit x86 -msse2 -mfpmath=sse"',
    '#endif',
    '#if defined(__GNUC__) && !defined(__clang__)',
    '#pragma GCC optimize("fp-contract=off")',
    '#else',
    '#pragma STDC FP_CONTRACT OFF',
    '#endif',
    '',
    '#ifndef MIPNET_BUFFER',
    '#define MIPNET_BUFFER static',
    '#endif',
  ];
}

/** The program of MIPNET_MAIN. */
export const program = (prefix: string, macro: string): string[] => [
  '#ifdef MIPNET_MAIN',
  '#include <stdio.h>',
  '#include <string.h>',
  '',
  'int main(int count, char **arguments)',
  '{',
  `  static unsigned char bytes[4 * ${macro}_INPUTS];`,
  `  static float input[${macro}_INPUTS];`,
  '  size_t length;',
  '  (void)arguments;',
  '  while ((length = fread(bytes, 1, sizeof bytes, stdin)) == sizeof bytes) {',
  `    for (int i = 0; i < ${macro}_INPUTS; i++) {`,
  '      const unsigned char *at = bytes + 4 * i;',
  '      const uint32_t bits = (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;',
  '      memcpy(&input[i], &bits, sizeof bits);',
  '    }',
  `    const int class_ = ${prefix}_classify(input);`,
  `    if (count > 1) puts(${prefix}_class_names[class_]);`,
  '    else printf("%d\\n", class_);',
  '  }',
  '  if (length != 0) {',
  `    fprintf(stderr, "the last row has %lu bytes, not %lu\\n", (unsigned long)length, (unsigned long)sizeof bytes);`,
  '    return 2;',
  '  }',
  '  return ferror(stdin) || fflush(stdout) == EOF ? 1 : 0;',
  '}',
  '#endif',
];
