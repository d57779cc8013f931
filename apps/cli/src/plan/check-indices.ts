import { explicitRows, type LoadedDataset } from '@mipnet/dataset';
import { CliError } from '../program/cli-error.js';

/**
 * Refuses an index file that is wrong, or that leaves a class without samples.
 * @throws CliError 'bad-input' with the file's name
 */
export function checkIndices(text: string, { train, classes, name }: LoadedDataset, file = 'dataset.indices'): void {
  let rows: Int32Array;
  try {
    rows = explicitRows(text, train.count);
  } catch (cause) {
    throw new CliError('bad-input', `${file}: ${(cause as Error).message}`, { cause });
  }
  const seen = new Set(Array.from(rows, (row) => train.labels[row]));
  const empty = classes.filter((_, label) => !seen.has(label));
  if (empty.length === 0) return;
  throw new CliError(
    'bad-input',
    `${file}: none of the ${rows.length} rows is of class ${empty.join(', ')} of ${name}; add a row ` +
      `of ${empty.length === 1 ? 'it' : 'each'}`,
  );
}
