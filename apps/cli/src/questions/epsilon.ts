import { widthOf, type InputColumn } from '@mipnet/dataset/stored';
import type { InputMoves } from '@mipnet/verification';
import { CliError } from '../program/cli-error.js';

// `--epsilon`: one distance for every input, and for a table also entries per column.
//
//     0.1   8/255                      in the units of the inputs
//     0.1sd                            standard deviations of each column in the training rows
//     0.1sd,age=2,job=any,sex=0        the first for every column of numbers that is not named

/** A distance: in the units of an input, or in standard deviations of its column. */
export interface Amount {
  readonly value: number;
  readonly unit: 'raw' | 'sd';
}

/** What an entry says: a distance, or that a category takes any of its values. */
type Move = Amount | 'any';

/** How the inputs of a table may move. */
export interface TableMoves {
  readonly moves: InputMoves;
  /** The radius of distances: 0.1 for `0.1sd`; 1 if columns have different ones, so that they count in epsilons. */
  readonly radius: number;
  readonly unit: 'raw' | 'sd' | 'epsilon';
}

/** One distance for every input. @throws CliError 'bad-input' */
export function epsilonOf(text: string | undefined): number {
  const { value, unit } = amountOf(given(text), '(pixels are 0..1)');
  if (unit === 'raw') return value;
  throw new CliError(
    'bad-input',
    `--epsilon ${text}: standard deviations are those of a table's columns, and these inputs have none; give a number`,
  );
}

/** @throws CliError 'bad-input' for a column that does not exist, or a distance of a category */
export function tableMoves(text: string | undefined, columns: readonly InputColumn[]): TableMoves {
  const { every, entries } = partsOf(given(text), columns);
  const reach: number[] = [];
  const whole: number[] = [];
  const groups: Int32Array[] = [];
  const amounts: Amount[] = [];
  for (const column of columns) {
    const move = entries.get(column.name);
    const width = widthOf(column);
    if (column.kind === 'category') {
      if (move === 'any') groups.push(Int32Array.from({ length: width }, (_, k) => reach.length + k));
      else if (move !== undefined && move.value !== 0)
        throw new CliError(
          'bad-input',
          `--epsilon ${text}: ${column.name} is a category; give ${column.name}=any if it may take any of its values, ` +
            'or leave it out',
        );
      for (let k = 0; k < width; k++) reach.push(0);
      for (let k = 0; k < width; k++) whole.push(0);
      continue;
    }
    if (move === 'any')
      throw new CliError('bad-input', `--epsilon ${text}: ${column.name} is a number; give how far it may move`);
    const amount = move ?? every ?? { value: 0, unit: 'raw' };
    const own = amount.unit === 'sd' ? amount.value * column.sd : amount.value;
    if (own > 0) amounts.push(amount);
    reach.push(own);
    whole.push(column.integer ? 1 : 0);
  }
  const [first] = amounts;
  const isOne = amounts.every(({ value, unit }) => value === first.value && unit === first.unit);
  return {
    moves: { reach: Float64Array.from(reach), whole: Uint8Array.from(whole), groups },
    radius: first !== undefined && isOne ? first.value : 1,
    unit: first !== undefined && isOne ? first.unit : 'epsilon',
  };
}

function given(text: string | undefined): string {
  if (text !== undefined) return text;
  throw new CliError(
    'bad-input',
    'how far may an input move? give --epsilon, such as 0.1 (pixels are 0..1), or for a table 0.1sd or age=2,job=any',
  );
}

function partsOf(
  text: string,
  columns: readonly InputColumn[],
): { readonly every?: Amount; readonly entries: ReadonlyMap<string, Move> } {
  const entries = new Map<string, Move>();
  let every: Amount | undefined;
  let name = '';
  for (const part of text.split(',')) {
    const whole = name === '' ? part : `${name},${part}`;
    const at = whole.lastIndexOf('=');
    // A comma may belong to a name.
    if (at < 0 && (name !== '' || !isAmount(part))) {
      name = whole;
      continue;
    }
    name = '';
    if (at < 0) {
      if (every !== undefined)
        throw new CliError('bad-input', `--epsilon ${text}: it gives two distances for every column; give one`);
      every = amountOf(whole);
      continue;
    }
    const column = columnNamed(whole.slice(0, at).trim(), columns, text);
    const move = whole.slice(at + 1).trim();
    if (entries.has(column)) throw new CliError('bad-input', `--epsilon ${text}: it names ${column} twice`);
    entries.set(column, move === 'any' ? 'any' : amountOf(move));
  }
  if (name !== '' || (every === undefined && entries.size === 0)) amountOf(name);
  return { every, entries };
}

function columnNamed(name: string, columns: readonly InputColumn[], text: string): string {
  if (columns.some((column) => column.name === name)) return name;
  const names = columns.slice(0, 20).map((column) => column.name);
  throw new CliError(
    'bad-input',
    `--epsilon ${text}: there is no column '${name}'; the network's columns are ${names.join(', ')}` +
      `${columns.length > names.length ? `, ... (${columns.length} in all)` : ''}`,
  );
}

const isAmount = (text: string): boolean => amountIn(text) !== undefined;

/** `0.1`, `8/255` or `0.1sd`; undefined for any other text. */
export function amountIn(text: string): Amount | undefined {
  const trimmed = text.trim();
  const value = numberOf(trimmed.replace(/sd$/, ''));
  return value === undefined ? undefined : { value, unit: trimmed.endsWith('sd') ? 'sd' : 'raw' };
}

function amountOf(text: string, about = ''): Amount {
  const amount = amountIn(text);
  if (amount !== undefined) return amount;
  throw new CliError(
    'bad-input',
    `--epsilon ${text} is no distance; give a number of at least 0, such as 0.1 or 8/255${about && ` ${about}`}, or for ` +
      'a table 0.1sd or age=2,job=any',
  );
}

/** Papers write distances as fractions of the 255 grey values. */
function numberOf(text: string): number | undefined {
  const [numerator, denominator = '1', ...others] = text.split('/');
  const isNumber = others.length === 0 && numerator.trim() !== '' && denominator.trim() !== '';
  const value = isNumber ? Number(numerator) / Number(denominator) : NaN;
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
