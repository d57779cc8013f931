// Tested by highs-native.int.test.ts.
import { activitiesOf, type Model } from '@mipnet/mip';

/** The content of a solution file of HiGHS (its 'raw' style). */
export interface HighsSolution {
  readonly status: string;
  readonly feasible: boolean;
  readonly columns: Float64Array;
  /** Only if there are feasible ones. */
  readonly duals?: { readonly duals: Float64Array; readonly columnDuals: Float64Array };
}

export function readSolution(text: string, model: Model): HighsSolution {
  const [primal, dual = ''] = text.split('# Dual solution values');
  const [, status] = primal.split('\n');
  const isFeasible = (part: string): boolean => /^\s*Feasible$/m.test(part.slice(0, 200));
  const [, values = ''] = primal.split('# Primal solution values');
  return {
    status,
    feasible: isFeasible(values),
    columns: valuesBelow(values, '# Columns', 'c', model.columnCount),
    duals: isFeasible(dual)
      ? {
          duals: valuesBelow(dual, '# Rows', 'r', model.rowCount),
          columnDuals: valuesBelow(dual, '# Columns', 'c', model.columnCount),
        }
      : undefined,
  };
}

/** The lines `c0 1.5` below a header; a missing name means 0, such as a row without bounds. */
function valuesBelow(text: string, header: string, letter: string, count: number): Float64Array {
  const values = new Float64Array(count);
  const from = text.indexOf(header);
  if (from < 0) return values;
  for (const line of text.slice(from).split('\n').slice(1)) {
    if (!line.startsWith(letter)) break;
    const space = line.indexOf(' ');
    values[Number(line.slice(1, space))] = Number(line.slice(space + 1));
  }
  return values;
}

/** A MIP start. HiGHS checks that the rows are what the columns give. */
export function solutionText(model: Model, x: Float64Array): string {
  const columns = Array.from(x, (value, j) => `c${j} ${value}\n`).join('');
  const rows = Array.from(activitiesOf(model, x), (value, i) => `r${i} ${value}\n`).join('');
  return (
    'Model status\nUnknown\n\n# Primal solution values\nFeasible\nObjective 0\n' +
    `# Columns ${model.columnCount}\n${columns}# Rows ${model.rowCount}\n${rows}`
  );
}

/** The file of improving solutions, which has one block of columns per solution. */
export class IncumbentBlocks {
  #rest = '';

  constructor(readonly columnCount: number) {}

  /** @returns the last point that is complete now, if there is a new one */
  read(text: string): Float64Array | undefined {
    this.#rest += text;
    const parts = this.#rest.split(/^# Columns \d+\n/m);
    const complete = parts.filter((part, i) => i > 0 && this.#lines(part).length === this.columnCount);
    const last = complete.at(-1);
    if (last === undefined) return undefined;
    this.#rest = this.#rest.slice(this.#rest.lastIndexOf(last) + last.length);
    const x = new Float64Array(this.columnCount);
    for (const line of this.#lines(last)) {
      const space = line.indexOf(' ');
      x[Number(line.slice(1, space))] = Number(line.slice(space + 1));
    }
    return x;
  }

  /** Whole lines only: the last one may still be written. */
  #lines(part: string): string[] {
    return part
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.startsWith('c'));
  }
}
