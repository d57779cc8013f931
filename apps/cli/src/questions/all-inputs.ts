// Tested by ../e2e/verify-rows.e2e.test.ts.
import type { InputColumn } from '@mipnet/dataset/stored';
import { inputSize, type Network } from '@mipnet/network';
import { boxRegion, rowsRegion, type Region } from '@mipnet/verification';

/** All pixels from 0 to 1, or every row of a table whose numbers are in the range of the training rows. */
export function allInputs(network: Network, columns: readonly InputColumn[] | undefined): Region {
  const size = inputSize(network);
  if (columns === undefined) return boxRegion(new Float64Array(size), new Float64Array(size).fill(1));
  const [lower, upper, whole]: number[][] = [[], [], []];
  const groups: Int32Array[] = [];
  for (const column of columns) {
    if (column.kind === 'category') groups.push(Int32Array.from(column.values, (_, k) => lower.length + k));
    const inputs = column.kind === 'category' ? column.values : [column.name];
    for (const _ of inputs) {
      lower.push(column.kind === 'category' ? 0 : column.low);
      upper.push(column.kind === 'category' ? 1 : column.high);
      whole.push(column.kind === 'number' && column.integer ? 1 : 0);
    }
  }
  const box = { lower: Float64Array.from(lower), upper: Float64Array.from(upper) };
  return rowsRegion(
    box,
    Uint8Array.from(whole),
    groups.map((inputs) => ({ inputs, orNone: false })),
  );
}
