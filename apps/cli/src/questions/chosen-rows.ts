// Tested by ../e2e/verify-rows.e2e.test.ts.
import { filledOf, selectRows, type InputColumn, type Samples } from '@mipnet/dataset';
import type { Network } from '@mipnet/network';
import { tableInputsIn } from '@mipnet/runs/records';
import type { Norm } from '@mipnet/verification';
import { testRowsFor, type DataOptions } from '../data/test-rows.js';
import { CliError } from '../program/cli-error.js';
import { rowNumbers } from './row-numbers.js';

export interface RowOptions extends DataOptions {
  /** Numbers of images or rows: two names of one option. */
  readonly images?: string;
  readonly rows?: string;
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
  const { samples: test, note } = await testRowsFor(network, file, options, say);
  if (note !== null) say(note);
  const noun = test.columns === undefined ? 'image' : 'row';
  const numbers = rowNumbers(text, { option, noun, count: test.count });
  const samples = selectRows(test, numbers);
  const valuesAt = (at: number): Float64Array =>
    filledOf({ ...samples, features: samples.features.subarray(at * samples.size, (at + 1) * samples.size) });
  return {
    noun,
    samples,
    columns: tableInputsIn(network, file)?.columns ?? test.columns,
    rows: numbers.map((number, at) => ({ number, label: samples.labels[at], values: valuesAt(at) })),
  };
}

function numbersAsked({ images, rows }: RowOptions): { readonly option: '--images' | '--rows'; readonly text: string } {
  if (images !== undefined && rows !== undefined)
    throw new CliError('bad-input', '--images and --rows are two names of one option; give one of them');
  if (rows !== undefined) return { option: '--rows', text: rows };
  if (images !== undefined) return { option: '--images', text: images };
  throw new CliError('bad-input', 'which images or rows? give --images or --rows, such as 0..99 or 3,5,8');
}
