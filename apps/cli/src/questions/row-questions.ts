// Tested by ../e2e/verify.e2e.test.ts.
import { selectRows, shortJson, type Samples } from '@mipnet/dataset/stored';
import { inputSize, networkDomain } from '@mipnet/network';
import { imageQuery, keyOfVerdict, type InputMoves } from '@mipnet/verification';
import { readText } from '../plan/read-plan.js';
import { CliError } from '../program/cli-error.js';
import { chosenRows, type ChosenRows } from './chosen-rows.js';
import { movingOf } from './row-question.js';
import {
  solverOf,
  type AskedNetwork,
  type AskedQuestion,
  type QuestionOptions,
  type Questions,
} from './asked-question.js';

/** One question per image or row. @throws CliError 'bad-input' */
export const rowQuestions = async (
  asked: AskedNetwork,
  options: QuestionOptions,
  say: (line: string) => void,
): Promise<Questions> => questionsAbout(asked, options, await chosenRows(asked.network, asked.file, options, say));

/** The same about rows that are read already. */
export async function questionsAbout(
  { network, model }: AskedNetwork,
  options: QuestionOptions,
  chosen: ChosenRows,
): Promise<Questions> {
  const { goal } = options;
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
