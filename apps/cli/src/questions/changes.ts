import { widthOf, type InputColumn } from '@mipnet/dataset/stored';

/** Columns that differ in two rows: before and after. A category without a value that training has seen is null. */
export type Changes = Readonly<
  Record<string, readonly [before: number | string | null, after: number | string | null]>
>;

/** @param before, after raw inputs of a network of these columns */
export function changesOf(columns: readonly InputColumn[], before: Float64Array, after: Float64Array): Changes {
  let at = 0;
  const changes = columns.map((column) => {
    const [from, to] = [at, (at += widthOf(column))];
    const valueIn = (row: Float64Array): number | string | null =>
      column.kind === 'number' ? row[from] : (column.values[row.subarray(from, to).indexOf(1)] ?? null);
    return [column.name, [valueIn(before), valueIn(after)]] as const;
  });
  return Object.fromEntries(changes.filter(([, [one, other]]) => one !== other));
}

/** Columns that are named; the others are counted. */
const mostNamed = 4;

/** `age 39 -> 41, job clerk -> sales`, and how many others */
export function changesText(changes: Changes): string {
  const all = Object.entries(changes);
  const shown = all.slice(0, mostNamed).map(([name, [from, to]]) => `${name} ${text(from)} -> ${text(to)}`);
  return [
    ...shown,
    ...(all.length > mostNamed
      ? [`${all.length - mostNamed} other column${all.length - mostNamed === 1 ? '' : 's'}`]
      : []),
  ].join(', ');
}

const text = (value: number | string | null): string =>
  value === null ? 'none' : typeof value === 'string' ? value : String(Number(value.toPrecision(6)));
