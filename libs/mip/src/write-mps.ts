import { transposed } from './columns.js';
import type { Model } from './model.js';
import { rowSides, type RowSides } from './mps-row.js';

export interface ModelNames {
  /** One per column, without spaces. @default c0, c1, ... */
  readonly columns?: readonly string[];
  /** One per row, without spaces. @default r0, r1, ... */
  readonly rows?: readonly string[];
}

/** Characters per chunk: large enough for few writes, small beside a model. */
const chunkSize = 2 ** 16;

/**
 * A model as a free MPS file, in chunks of text. Every number is written so that it is read back to the last bit; only
 * a row with two bounds may be wider by one unit in the last place, because MPS holds their difference (mps-row.ts).
 * The constant of the objective is minus the right-hand side of its row, as CPLEX defined it and solvers read it.
 * Bounds of integer columns are always written, because readers differ in what they assume.
 */
export function* writeMps(model: Model, names: ModelNames = {}): Generator<string> {
  let chunk = '';
  for (const line of mpsLines(model, names)) {
    chunk += line + '\n';
    if (chunk.length < chunkSize) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

function* mpsLines(model: Model, names: ModelNames): Generator<string> {
  const column = (j: number): string => names.columns?.[j] ?? `c${j}`;
  const row = (i: number): string => names.rows?.[i] ?? `r${i}`;
  const sides = Array.from({ length: model.rowCount }, (_, i) => rowSides(model.rowLower[i], model.rowUpper[i]));
  yield 'NAME mipnet FREE';
  yield 'ROWS';
  yield ' N obj';
  for (let i = 0; i < model.rowCount; i++) yield ` ${sides[i].type} ${row(i)}`;
  yield 'COLUMNS';
  yield* columnLines(model, column, row);
  yield 'RHS';
  if (model.offset !== 0) yield ` rhs obj ${-model.offset}`;
  yield* sideLines(sides, 'side', (i, value) => ` rhs ${row(i)} ${value}`);
  yield 'RANGES';
  yield* sideLines(sides, 'range', (i, value) => ` range ${row(i)} ${value}`);
  yield 'BOUNDS';
  for (let j = 0; j < model.columnCount; j++) yield* boundLines(model, j, column(j));
  yield 'ENDATA';
}

function* columnLines(model: Model, column: (j: number) => string, row: (i: number) => string): Generator<string> {
  const { starts, rows, values } = transposed(model);
  let isInteger = false;
  let markers = 0;
  const marker = (kind: string): string => ` marker${markers++} 'MARKER' '${kind}'`;
  for (let j = 0; j < model.columnCount; j++) {
    if ((model.integer[j] === 1) !== isInteger) {
      isInteger = !isInteger;
      yield marker(isInteger ? 'INTORG' : 'INTEND');
    }
    // A column without an entry still has to be named.
    if (model.cost[j] !== 0 || starts[j] === starts[j + 1]) yield ` ${column(j)} obj ${model.cost[j]}`;
    for (let k = starts[j]; k < starts[j + 1]; k++) yield ` ${column(j)} ${row(rows[k])} ${values[k]}`;
  }
  if (isInteger) yield marker('INTEND');
}

function* sideLines(
  sides: readonly RowSides[],
  key: 'side' | 'range',
  line: (i: number, value: number) => string,
): Generator<string> {
  for (let i = 0; i < sides.length; i++) if (sides[i][key] !== 0) yield line(i, sides[i][key]);
}

function* boundLines(model: Model, j: number, name: string): Generator<string> {
  const lower = model.columnLower[j];
  const upper = model.columnUpper[j];
  if (lower === upper) yield ` FX bound ${name} ${lower}`;
  else if (lower === -Infinity && upper === Infinity) yield ` FR bound ${name}`;
  else {
    if (lower === -Infinity) yield ` MI bound ${name}`;
    else if (lower !== 0) yield ` LO bound ${name} ${lower}`;
    if (upper !== Infinity) yield ` UP bound ${name} ${upper}`;
    else if (model.integer[j]) yield ` PL bound ${name}`;
  }
}
