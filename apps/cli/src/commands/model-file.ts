// Tested by ../e2e/encode-part.e2e.test.ts.
import type { ModelFormat } from '@mipnet/solver';
import { CliError } from '../program/cli-error.js';

/** What `encode` says of a model. */
export interface ModelFileSize {
  readonly columns: number;
  readonly rows: number;
  readonly nonZeros: number;
  readonly integers: number;
}

export const sizeOfModel = (model: {
  readonly columnCount: number;
  readonly rowCount: number;
  readonly indices: { readonly length: number };
  readonly integer: Uint8Array;
}): ModelFileSize => ({
  columns: model.columnCount,
  rows: model.rowCount,
  nonZeros: model.indices.length,
  integers: model.integer.reduce((sum, flag) => sum + flag, 0),
});

export const sizeText = ({ columns, rows, nonZeros, integers }: ModelFileSize): string =>
  `${columns} columns (${integers} integer), ${rows} rows, ${nonZeros} non-zeros`;

/** @throws CliError 'bad-input' for another ending than .mps and .lp */
export function formatOf(out: string): ModelFormat {
  const format = /\.(mps|lp)$/i.exec(out)?.[1].toLowerCase();
  if (format === 'mps' || format === 'lp') return format;
  throw new CliError('bad-input', `--out ${out}: the name selects the format; it must end in .mps or .lp`);
}
