// Tested by highs-session.unit.test.ts.
import type { LinearExpression, Model } from '@mipnet/mip';
import type { Highs, Model as HighsModel } from 'highs';
import { modelData, runHighs, solverOptions } from './highs-run.js';
import { withRows, withoutRows, type Rows } from './rows.js';
import type { Basis, SolverSession } from './session.js';
import { SolverError, type SolveOptions, type SolveResult } from './solve.js';

/** Seconds; the option has to be a finite number. */
const noTimeLimit = 1e30;

/** A session on HiGHS, which keeps its basis over changes of costs, bounds and rows. */
export class HighsSession implements SolverSession {
  readonly #highs: Highs;
  readonly #session: HighsModel;
  #model: Model;
  #timeLimit = noTimeLimit;

  constructor(highs: Highs, model: Model) {
    this.#highs = highs;
    this.#session = highs.createModel();
    this.#session.passModel(modelData(model, true));
    this.#session.options.set(solverOptions({ relaxation: true }));
    this.#model = { ...model, columnLower: model.columnLower.slice(), columnUpper: model.columnUpper.slice() };
  }

  get model(): Model {
    return this.#model;
  }

  solve(options: Pick<SolveOptions, 'timeLimit' | 'workLimit' | 'stopped'> = {}): SolveResult {
    return this.#guarded(() => {
      this.#limitTime(options.timeLimit ?? noTimeLimit);
      return runHighs(this.#highs, this.#session, this.#model, { ...options, relaxation: true });
    });
  }

  setObjective(expression: LinearExpression): void {
    const cost = new Float64Array(this.#model.columnCount);
    for (let k = 0; k < expression.columns.length; k++) cost[expression.columns[k]] += expression.values[k];
    this.#guarded(() => {
      if (cost.length > 0) this.#session.changeColsCost({ kind: 'range', from: 0, to: cost.length - 1 }, cost);
      this.#session.changeObjectiveOffset(expression.constant);
    });
    this.#model = { ...this.#model, cost, offset: expression.constant };
  }

  setColumnBounds(column: number, lower: number, upper: number): void {
    if (!(lower <= upper))
      throw new RangeError(`column ${column}: lower bound ${lower} is not below upper bound ${upper}`);
    this.#guarded(() => this.#session.changeColBounds(column, lower, upper));
    this.#model.columnLower[column] = lower;
    this.#model.columnUpper[column] = upper;
  }

  addRows(rows: Rows): void {
    const numRows = rows.lower.length;
    if (numRows === 0) return;
    this.#guarded(() =>
      this.#session.addRows({
        lower: rows.lower,
        upper: rows.upper,
        matrix: {
          format: 'csr',
          numRows,
          numCols: this.#model.columnCount,
          starts: rows.starts,
          indices: rows.indices,
          values: rows.values,
        },
      }),
    );
    this.#model = withRows(this.#model, rows);
  }

  basis(): Basis {
    const { colStatus, rowStatus } = this.#session.getBasis();
    return { columns: colStatus, rows: rowStatus };
  }

  setBasis({ columns, rows }: Basis): void {
    this.#guarded(() => this.#session.setBasis({ colStatus: columns, rowStatus: rows }));
  }

  deleteRows(rows: readonly number[]): void {
    if (rows.length === 0) return;
    const indices = [...new Set(rows)].sort((a, b) => a - b);
    this.#guarded(() => this.#session.deleteRows({ kind: 'set', indices }));
    this.#model = withoutRows(this.#model, indices);
  }

  close(): void {
    this.#session.dispose();
  }

  #limitTime(seconds: number): void {
    if (seconds !== noTimeLimit || this.#timeLimit !== noTimeLimit) {
      // The limit counts from the start of the clock, not of the run.
      this.#session.zeroAllClocks();
      this.#session.options.set('time_limit', seconds);
    }
    this.#timeLimit = seconds;
  }

  #guarded<T>(call: () => T): T {
    try {
      return call();
    } catch (cause) {
      const { columnCount, rowCount } = this.#model;
      throw new SolverError(
        'crash',
        `HiGHS failed in a session on ${columnCount} columns and ${rowCount} rows: close it and open a new one`,
        { cause },
      );
    }
  }
}
