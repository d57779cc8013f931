import { DatasetError } from './dataset-error.js';
import { seededRandom } from './random.js';

/** Sets the same fraction of every class aside, never all of a class. Rows are ascending in both parts. */
export function stratifiedSplit(
  labels: Int32Array,
  classCount: number,
  fraction: number,
  seed: number,
): { readonly train: Int32Array; readonly test: Int32Array } {
  if (!(fraction >= 0 && fraction < 1))
    throw new DatasetError('bad-input', `dataset.testFraction must be at least 0 and below 1, not ${fraction}`);
  const byClass = Array.from({ length: classCount }, (): number[] => []);
  labels.forEach((label, row) => byClass[label].push(row));
  const inTest = new Uint8Array(labels.length);
  byClass.forEach((rows, label) => {
    const share = Math.min(rows.length - 1, Math.round(rows.length * fraction));
    for (const row of seededRandom(seed, 'test part', label).shuffle(rows).slice(0, share)) inTest[row] = 1;
  });
  const rows = Int32Array.from(labels.keys());
  return { train: rows.filter((row) => inTest[row] === 0), test: rows.filter((row) => inTest[row] === 1) };
}
