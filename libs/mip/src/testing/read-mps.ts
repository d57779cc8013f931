import type { Model } from '../model.js';
import { ModelBuilder } from '../model-builder.js';

interface Row {
  type: string;
  side: number;
  range: number;
  readonly columns: number[];
  readonly values: number[];
}
interface Column {
  readonly index: number;
  cost: number;
  lower: number;
  upper: number;
  readonly integer: boolean;
}

/**
 * Reads a free MPS file by the words of the format's definition, to test what is written. The first N row is the
 * objective.
 */
export function readMps(text: string): Model {
  const rows = new Map<string, Row>();
  const columns = new Map<string, Column>();
  let objective: string | undefined;
  let offset = 0;
  let section = '';
  let integer = false;
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/);
    if (!line.startsWith(' ')) {
      section = words[0];
      continue;
    }
    const [first, second, third, fourth] = words;
    if (section === 'ROWS') {
      if (first === 'N' && objective === undefined) objective = second;
      else rows.set(second, { type: first, side: 0, range: 0, columns: [], values: [] });
    } else if (section === 'COLUMNS') {
      if (second === "'MARKER'") {
        integer = third === "'INTORG'";
        continue;
      }
      if (!columns.has(first)) columns.set(first, { index: columns.size, cost: 0, lower: 0, upper: Infinity, integer });
      if (second === objective) columns.get(first)!.cost = Number(third);
      else {
        rows.get(second)!.columns.push(columns.get(first)!.index);
        rows.get(second)!.values.push(Number(third));
      }
    } else if (section === 'RHS') {
      if (second === objective) offset = -Number(third);
      else rows.get(second)!.side = Number(third);
    } else if (section === 'RANGES') rows.get(second)!.range = Number(third);
    else if (section === 'BOUNDS') setBound(columns.get(third)!, first, Number(fourth));
  }
  const builder = new ModelBuilder();
  for (const { lower, upper, ...options } of columns.values()) builder.column(lower, upper, options);
  for (const row of rows.values()) {
    const [lower, upper] = boundsOf(row);
    builder.row(lower, { constant: 0, columns: row.columns, values: row.values }, upper);
  }
  builder.addOffset(offset);
  return builder.build();
}

function setBound(column: Column, type: string, value: number): void {
  if (type === 'FR' || type === 'MI') column.lower = -Infinity;
  if (type === 'FR' || type === 'PL') column.upper = Infinity;
  if (type === 'FX' || type === 'LO') column.lower = value;
  if (type === 'FX' || type === 'UP') column.upper = value;
}

function boundsOf({ type, side, range }: Row): readonly [lower: number, upper: number] {
  if (type === 'N') return [-Infinity, Infinity];
  if (type === 'E') return [side, side];
  if (type === 'L') return [range === 0 ? -Infinity : side - range, side];
  return [side, range === 0 ? Infinity : side + range];
}
