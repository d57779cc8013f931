// Tested by ../e2e/verify.e2e.test.ts.
import { selectRows, shortJson, type Samples } from '@mipnet/dataset';
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
  type Query,
} from '@mipnet/verification';
import { CliError } from '../program/cli-error.js';
import { readText } from '../plan/read-plan.js';
import { chosenImages, epsilonOf, type ImageOptions } from './image-regions.js';

export interface QuestionOptions extends ImageOptions {
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
  readonly name: string;
  readonly image: number | null;
  readonly label: number | null;
  readonly original?: Float64Array;
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
    ? imageQuestions(asked, options, say)
    : propertyQuestion(asked, options.vnnlib, options, say);
}

async function imageQuestions(
  { network, file, model }: AskedNetwork,
  options: QuestionOptions,
  say: (line: string) => void,
): Promise<Questions> {
  const { goal, norm } = options;
  const epsilon = epsilonOf(options.epsilon);
  const weights = options.weights === undefined ? undefined : await readWeights(options.weights, inputSize(network));
  // Integer scores often tie, and `classify` breaks ties by the lowest class; ties of real scores count as mistakes.
  const ties = networkDomain(network) === 'real' ? 'unsafe' : 'lowest';
  const { samples, images } = await chosenImages(network, file, options, say);
  const ball = { norm, epsilon, weights, goal, ties } as const;
  const list = images.map(({ image, label, pixels }): AskedQuestion => {
    const queries = [imageQuery(network, ball, pixels, label)];
    return {
      name: `image ${image}`,
      image,
      label,
      original: pixels,
      shape: samples.inputShape,
      queries,
      key: keyOfVerdict(model, queries, solverOf(options)),
    };
  });
  const positions = new Map(list.map((one, at) => [one, at]));
  return {
    list,
    about: (some) => ({
      kind: 'images',
      ...ball,
      images: Int32Array.from(some, ({ image }) => image!),
      keys: some.map(({ key }) => key),
      samples: rowsOf(
        samples,
        some.map((one) => positions.get(one)!),
      ),
    }),
  };
}

async function propertyQuestion(
  { network, file, model }: AskedNetwork,
  vnnlib: string,
  options: QuestionOptions,
  say: (line: string) => void,
): Promise<Questions> {
  const clash =
    (['images', 'epsilon', 'dataset', 'file', 'class', 'test', 'weights'] as const).find(
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
    list: [{ name: 'property', image: null, label: null, queries, key }],
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
