// Tested by ../e2e/verify-rows.e2e.test.ts.
import { filledOf, selectRows, type InputColumn, type Samples } from '@mipnet/dataset';
import type { Network } from '@mipnet/network';
import { tableInputsIn } from '@mipnet/runs/records';
import type { Norm } from '@mipnet/verification';
import type { DataOptions } from '../data/data-options.js';
import { namedTable, rowsOfTable } from '../data/table-rows.js';
import { testRowsFor } from '../data/test-rows.js';
import { CliError } from '../program/cli-error.js';
import { inputRows } from './input-rows.js';
import { rowNumbers } from './row-numbers.js';

export interface RowOptions extends DataOptions {
  /** Numbers of images or rows: two names of one option. */
  readonly images?: string;
  readonly rows?: string;
  /** Rows of a file instead: see input-rows.ts. */
  readonly input?: string;
  readonly labels?: string;
  /** As typed: commander would turn a wrong number into NaN before a message could quote it. */
  readonly epsilon?: string;
  readonly norm: Norm;
}

/** Images, or rows of a table. */
export interface ChosenRows {
  readonly noun: 'image' | 'row';
  /** In the order asked. */
  readonly samples: Samples;
  /** Of a table: what the network's file, or else the table, says of its inputs. */
  readonly columns?: readonly InputColumn[];
  /** Whether all values lie in 0..1, as those of pixels do. */
  readonly arePixels: boolean;
  readonly rows: readonly ChosenRow[];
}

export interface ChosenRow {
  readonly number: number;
  readonly label: number;
  /** What the network reads, without missing numbers. */
  readonly values: Float64Array;
}

/**
 * The rows that a question or a model is about: test rows of the network's run, or of the data that options name.
 * @param file the network's file
 * @throws CliError 'bad-input' for rows that do not exist
 */
export async function chosenRows(
  network: Network,
  file: string,
  options: RowOptions,
  say: (line: string) => void,
): Promise<ChosenRows> {
  const { option, text } = numbersAsked(options);
  const test = await allRows(network, file, options, say);
  const noun = isRow(network, test, options) ? 'row' : 'image';
  const numbers =
    text === undefined ? [...Array(test.count).keys()] : rowNumbers(text, { option, noun, count: test.count });
  const samples = selectRows(test, numbers);
  const valuesAt = (at: number): Float64Array =>
    filledOf({ ...samples, features: samples.features.subarray(at * samples.size, (at + 1) * samples.size) });
  const rows = numbers.map((number, at) => ({ number, label: samples.labels[at], values: valuesAt(at) }));
  for (const { number, values } of rows) {
    const missing = values.findIndex(Number.isNaN);
    if (missing >= 0)
      throw new CliError(
        'bad-input',
        `${noun} ${number}: input ${missing} is missing (NaN), and ${file} does not say what replaces it; fill it in`,
      );
  }
  return {
    noun,
    samples,
    columns: tableInputsIn(network, file)?.columns ?? test.columns,
    arePixels: rows.every(({ values }) => values.every((value) => value >= 0 && value <= 1)),
    rows,
  };
}

/** Some of the rows, by their positions in the order asked. */
export const someRows = (chosen: ChosenRows, positions: readonly number[]): ChosenRows => ({
  ...chosen,
  samples: selectRows(chosen.samples, positions),
  rows: positions.map((at) => chosen.rows[at]),
});

async function allRows(
  network: Network,
  file: string,
  { input, labels, ...options }: RowOptions,
  say: (line: string) => void,
): Promise<Samples> {
  if (input === undefined) {
    if (labels !== undefined)
      throw new CliError('bad-input', `--labels ${labels} are the classes of the rows of --input; give both`);
    // Rows of a table that is named are numbered as in the file.
    const table = await namedTable(network, file, options);
    if (table !== undefined) return (await rowsOfTable(network, file, table, say)).train;
    const { samples, note } = await testRowsFor(network, file, options, say);
    if (note !== null) say(note);
    return samples;
  }
  const clash = (['dataset', 'file', 'class', 'test', 'testFraction', 'splitSeed'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (clash !== undefined)
    throw new CliError(
      'bad-input',
      `--input ${input} names the rows; leave out --${clash.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    );
  return inputRows(network, file, { input, labels }, say);
}

/** An array says nothing about its rows; a network that takes channels x rows x columns takes images. */
const isRow = (network: Network, { columns }: Samples, { input }: RowOptions): boolean =>
  columns !== undefined || (input !== undefined && network.inputShape.length < 3);

/** Text is undefined for all rows of a file. */
function numbersAsked({ images, rows, input }: RowOptions): {
  readonly option: '--images' | '--rows';
  readonly text: string | undefined;
} {
  if (images !== undefined && rows !== undefined)
    throw new CliError('bad-input', '--images and --rows are two names of one option; give one of them');
  if (rows !== undefined) return { option: '--rows', text: rows };
  if (images !== undefined) return { option: '--images', text: images };
  if (input !== undefined) return { option: '--rows', text: undefined };
  throw new CliError('bad-input', 'which images? give --images (of a table --rows), such as 0..99 or 3,5,8');
}
