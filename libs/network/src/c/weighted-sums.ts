// Tested by to-c.int.test.ts.
import { integerType, table } from './c-text.js';
import { indented, loop } from './layer-writer.js';
import { blockCount } from './sum-order.js';

/** Sums of weighted inputs: the core of a dense layer or of a convolution. */
export interface WeightedSums {
  /** Begins the names of the tables. */
  readonly name: string;
  /** sums x terms, row-major. */
  readonly weights: Float64Array;
  readonly sums: number;
  readonly terms: number;
  /** Terms that are added up before the next block begins (sum-order.ts). */
  readonly block: number;
  /** Where the input of each term lies, from `at`. Absent: the terms are the inputs in order. */
  readonly offsets?: Int32Array;
}

interface SumsInC {
  /** What the weights are. */
  readonly about: string;
  readonly tables: readonly string[];
  /** Adds sum `j` to the variable `total`. */
  readonly body: readonly string[];
}

/**
 * Ternary weights are a table of terms that are added or subtracted; integers and real numbers are a matrix. The terms
 * stay in their order, added or subtracted, because float32 sums depend on it.
 */
export function weightedSums(sums: WeightedSums): SumsInC {
  if (sums.weights.every((weight) => weight === 0 || weight === 1 || weight === -1)) return ternarySums(sums);
  const isInteger = sums.weights.every((weight) => Number.isInteger(weight) && Math.abs(weight) < 2 ** 24);
  return matrixSums(sums, isInteger ? integerType(sums.weights) : 'float');
}

function ternarySums({ name, weights, sums, terms, block, offsets }: WeightedSums): SumsInC {
  const blocks = blockCount(terms, block);
  const starts: number[] = [];
  const entries: number[] = [];
  for (let sum = 0; sum < sums; sum++) {
    for (let term = 0; term < terms; term++) {
      if (term % block === 0) starts.push(entries.length);
      const place = offsets === undefined ? term : offsets[term];
      const weight = weights[sum * terms + term];
      if (weight !== 0) entries.push(weight > 0 ? place : -1 - place);
    }
  }
  starts.push(entries.length);
  const at = offsets === undefined ? '' : 'at + ';
  const first = blocks === 1 ? 'j' : `j * ${blocks} + block`;
  const add = [
    'float sum = 0.0f;',
    `for (int e = ${name}_starts[${first}]; e < ${name}_starts[${first} + 1]; e++) {`,
    ...indented([
      `const int term = ${name}_terms[e];`,
      `if (term >= 0) sum += x[${at}term];`,
      `else sum -= x[${at}(-1 - term)];`,
    ]),
    '}',
    'total += sum;',
  ];
  return {
    about: 'ternary weights: input t is added for a term t >= 0, input -1 - t is subtracted for t < 0',
    tables: [
      ...table(integerType(starts), `${name}_starts`, starts),
      ...table(integerType(entries), `${name}_terms`, entries),
    ],
    body: blocks === 1 ? add : loop('block', blocks, add),
  };
}

function matrixSums({ name, weights, terms, block, offsets }: WeightedSums, type: string): SumsInC {
  const blocks = blockCount(terms, block);
  const weight = `${type === 'float' ? '' : '(float)'}${name}_weights[j * ${terms} + k]`;
  const input = offsets === undefined ? 'x[k]' : `x[at + ${name}_offsets[k]]`;
  const end = `(block + 1) * ${block} < ${terms} ? (block + 1) * ${block} : ${terms}`;
  const one = ['float sum = 0.0f;', ...loop('k', terms, [`sum += ${weight} * ${input};`]), 'total += sum;'];
  const several = loop('block', blocks, [
    `const int end = ${end};`,
    'float sum = 0.0f;',
    `for (int k = block * ${block}; k < end; k++) sum += ${weight} * ${input};`,
    'total += sum;',
  ]);
  return {
    about: type === 'float' ? 'real weights' : 'integer weights',
    tables: [
      ...table(type, `${name}_weights`, weights),
      ...(offsets === undefined ? [] : table(integerType(offsets), `${name}_offsets`, offsets)),
    ],
    body: blocks === 1 ? one : several,
  };
}
