import { factorOf, widthOf, type InputColumn, type NumberColumn } from './input-columns.js';
import type { LoadedDataset, Samples } from './samples.js';

/**
 * Scales the numbers of a table by at most `deviations` standard deviations about their mean, instead of by the whole
 * range of the training rows: one outlier then does not press all other values of its column together. What lies beyond
 * becomes 0 or 1, as with the range. Images and categories stay as they are. Only training rows count.
 * @param deviations on each side of the mean, positive
 */
export function clipOutliers(dataset: LoadedDataset, deviations: number): LoadedDataset {
  const { train, test } = dataset;
  if (train.columns === undefined) return dataset;
  let input = 0;
  const columns = train.columns.map((column) => {
    const clipped = column.kind === 'number' ? within(column, meanOf(train, input), deviations) : column;
    input += widthOf(column);
    return clipped;
  });
  return { ...dataset, train: { ...train, columns }, test: test && { ...test, columns } };
}

function within(column: NumberColumn, mean: number, deviations: number): InputColumn {
  const reach = deviations * column.sd;
  const low = Math.fround(Math.max(column.low, mean - reach));
  const high = Math.fround(Math.min(column.high, mean + reach));
  // Float32 may not tell the ends of a very narrow range apart.
  return low < high && Number.isFinite(factorOf({ low, high })) ? { ...column, low, high } : column;
}

/** Of the known numbers of one input; differences from the first one lose no digits. */
function meanOf({ features, count, size }: Samples, input: number): number {
  let first = NaN;
  let sum = 0;
  let known = 0;
  for (let at = input; at < count * size; at += size) {
    if (Number.isNaN(features[at])) continue;
    if (known === 0) first = features[at];
    sum += features[at] - first;
    known++;
  }
  return first + sum / known;
}
