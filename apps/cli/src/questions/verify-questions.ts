// Tested by ../e2e/verify.e2e.test.ts.
import { selectRows, shortJson, type InputColumn, type Samples } from '@mipnet/dataset';
import { inputSize, networkDomain, outputSize, type Network } from '@mipnet/network';
import type { ObjectRef } from '@mipnet/object-store';
import { parseSolverUrl, type DialectName } from '@mipnet/solver';
import {
  imageQuery,
  keyOfVerdict,
  readVnnlib,
  vnnlibQueries,
  type Asked,
  type Goal,
  type InputMoves,
  type Query,
} from '@mipnet/verification';
import { CliError } from '../program/cli-error.js';
import { readText } from '../plan/read-plan.js';
import { chosenRows, type RowOptions } from './chosen-rows.js';
import { movingOf, type DistanceUnit } from './row-question.js';

export interface QuestionOptions extends RowOptions {
  readonly goal: Goal;
  /** File with one weight an input. */
  readonly weights?: string;
  /** Property file, plain or gzip; instead of images. */
  readonly vnnlib?: string;
  /** URL of what solves the MIPs. */
  readonly solver?: string;
}

/** The name of its dialect; undefined: the default. */
export const solverOf = ({ solver }: Pick<QuestionOptions, 'solver'>): DialectName | undefined =>
  solver === undefined ? undefined : parseSolverUrl(solver).name;

/** One question and where its answer goes. */
export interface AskedQuestion {
  /** `image 7`, `row 7` or `property`. */
  readonly name: string;
  readonly image: number | null;
  readonly row: number | null;
  readonly label: number | null;
  readonly original?: Float64Array;
  /** Of a table's row: what its inputs mean. */
  readonly columns?: readonly InputColumn[];
  /** Shape of an image in its data set, which may have rows and columns although the network takes a flat vector. */
  readonly shape?: readonly number[];
  readonly queries: readonly Query[];
  /** Under which its verdict is kept. */
  readonly key: string;
}

export interface Questions {
  readonly list: readonly AskedQuestion[];
  /** Some of them, for a run. */
  about(some: readonly AskedQuestion[]): Asked['questions'];
  /** How far inputs move, and in which unit distances are; absent for a property. */
  readonly reach?: { readonly epsilon: number | string; readonly unit: DistanceUnit };
}

/** What questions are about. */
export interface AskedNetwork {
  readonly network: Network;
  /** Its file. */
  readonly file: string;
  /** Its ONNX model in the store. */
  readonly model: ObjectRef;
}

/** @throws CliError 'bad-input', VerificationError for a property or a region that is wrong */
export async function verifyQuestions(
  asked: AskedNetwork,
  options: QuestionOptions,
  say: (line: string) => void,
): Promise<Questions> {
  return options.vnnlib === undefined
    ? rowQuestions(asked, options, say)
    : propertyQuestion(asked, options.vnnlib, options, say);
}

async function rowQuestions(
  { network, file, model }: AskedNetwork,
  options: QuestionOptions,
  say: (line: string) => void,
): Promise<Questions> {
  const { goal } = options;
  const chosen = await chosenRows(network, file, options, say);
  const { samples, rows, noun, columns } = chosen;
  const { unit, moves, ...moving } = movingOf(options, chosen);
  if (moves !== undefined && moves.groups.length > 0 && goal === 'closest')
    throw new CliError(
      'bad-input',
      `--epsilon ${options.epsilon}: a change of a category has no distance, and --goal closest asks for the nearest ` +
        'row; let categories keep their value',
    );
  const weights = options.weights === undefined ? undefined : await readWeights(options.weights, inputSize(network));
  // Integer scores often tie, and `classify` breaks ties by the lowest class; ties of real scores count as mistakes.
  const ties = networkDomain(network) === 'real' ? 'unsafe' : 'lowest';
  // In a table, a move that counts twice reaches half as far.
  const asked = {
    ...moving,
    ...(moves === undefined ? { weights } : { moves: weighted(moves, weights) }),
    goal,
    ties,
  } as const;
  const list = rows.map(({ number, label, values }): AskedQuestion => {
    const queries = [imageQuery(network, asked, values, label)];
    return {
      name: `${noun} ${number}`,
      image: noun === 'image' ? number : null,
      row: noun === 'row' ? number : null,
      label,
      original: values,
      shape: samples.inputShape,
      columns,
      queries,
      key: keyOfVerdict(model, queries, solverOf(options)),
    };
  });
  const positions = new Map(list.map((one, at) => [one, at]));
  return {
    list,
    // Columns with reaches of their own are quoted as they were asked for.
    reach: { epsilon: columns === undefined ? moving.epsilon : options.epsilon!, unit },
    about: (some) => ({
      kind: 'images',
      ...asked,
      noun,
      images: Int32Array.from(some, ({ image, row }) => (image ?? row)!),
      keys: some.map(({ key }) => key),
      samples: rowsOf(
        samples,
        some.map((one) => positions.get(one)!),
      ),
    }),
  };
}

const weighted = (moves: InputMoves, weights: Float64Array | undefined): InputMoves =>
  weights === undefined ? moves : { ...moves, reach: moves.reach.map((reach, i) => reach / weights[i]) };

async function propertyQuestion(
  { network, file, model }: AskedNetwork,
  vnnlib: string,
  options: QuestionOptions,
  say: (line: string) => void,
): Promise<Questions> {
  const clash =
    (['images', 'rows', 'input', 'labels', 'epsilon', 'dataset', 'file', 'class', 'test', 'weights'] as const).find(
      (name) => options[name] !== undefined,
    ) ?? (options.goal === 'feasibility' ? undefined : 'goal');
  if (clash !== undefined)
    throw new CliError('bad-input', `--vnnlib names the inputs and the question itself; leave out --${clash}`);
  const property = await readVnnlib(vnnlib);
  if (property.inputs !== inputSize(network) || property.outputs !== outputSize(network)) {
    throw new CliError(
      'bad-input',
      `${vnnlib} is about ${property.inputs} inputs and ${property.outputs} outputs, but ${file} ` +
        `has ${inputSize(network)} and ${outputSize(network)}`,
    );
  }
  for (const contradiction of property.contradictions) say(`${vnnlib}: ${contradiction}`);
  const queries = vnnlibQueries(property);
  const key = keyOfVerdict(model, queries, solverOf(options));
  return {
    list: [{ name: 'property', image: null, row: null, label: null, queries, key }],
    about: () => ({ kind: 'property', property, keys: [key] }),
  };
}

const rowsOf = (samples: Samples, rows: readonly number[]): Samples =>
  rows.length === samples.count ? samples : selectRows(samples, rows);

/** Bytes: two million weights. */
const mostOfWeights = 2 ** 25;

/** One positive number per input, as a JSON array; null fixes its input. @throws CliError 'bad-input' */
async function readWeights(file: string, inputs: number): Promise<Float64Array> {
  const refuse = (why: string, cause?: unknown): CliError =>
    new CliError('bad-input', `--weights ${file}: ${why}`, { cause });
  const text = await readText(file, '--weights', mostOfWeights);
  let weights: unknown;
  try {
    weights = JSON.parse(text);
  } catch (cause) {
    throw refuse('it is not JSON; give an array of positive numbers', cause);
  }
  if (!Array.isArray(weights) || weights.length !== inputs)
    throw refuse(`give an array of ${inputs} positive numbers, one per input`);
  const wrong = weights.findIndex((weight) => weight !== null && !(typeof weight === 'number' && weight > 0));
  if (wrong >= 0)
    throw refuse(
      `entry ${wrong} is ${shortJson(weights[wrong])}; a weight is a positive number, or null for an ` +
        'input that does not move',
    );
  return Float64Array.from(weights as (number | null)[], (weight) => weight ?? Infinity);
}
