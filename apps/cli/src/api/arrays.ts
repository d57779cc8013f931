// Tested by api.int.test.ts.
import { writeNpyHeader } from '@mipnet/dataset/stored';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError } from '../program/cli-error.js';

/** Rows in memory. */
export interface Arrays {
  /** Row-major. Bytes are pixels from 0 to 255; other pixels are from 0 to 1. NaN: a missing number of a table. */
  readonly features: Float32Array | Float64Array | Uint8Array;
  /** [rows, features], [images, rows, columns] or [images, channels, rows, columns]. */
  readonly shape: readonly number[];
}

/** The same with a class per row: names, or numbers. */
export interface LabelledArrays extends Arrays {
  readonly labels: readonly string[] | ArrayLike<number>;
}

/** The names of their files, which the file of a network that is trained on them repeats. */
const arrayFiles = { features: 'features.npy', labels: 'labels.npy' } as const;

/** Files of arrays, as the command takes them. */
export interface FilesOfArrays {
  readonly features: string;
  readonly labels?: string;
}

/**
 * Writes arrays into files for as long as `use` needs them.
 * @throws CliError 'bad-input' for a shape that does not fit
 */
export async function withArrays<T>(
  arrays: Arrays & Partial<LabelledArrays>,
  use: (files: FilesOfArrays) => Promise<T>,
): Promise<T> {
  const { features, shape, labels } = arrays;
  checkShape(features, shape);
  if (labels !== undefined && labels.length !== shape[0])
    throw new CliError('bad-input', `labels: there are ${labels.length}, and features has ${shape[0]} rows`);
  const folder = await mkdtemp(join(tmpdir(), 'mipnet-arrays-'));
  try {
    const file = join(folder, arrayFiles.features);
    await writeFile(file, npyOf(features, shape));
    if (labels === undefined) return await use({ features: file });
    const labelFile = join(folder, arrayFiles.labels);
    await writeFile(labelFile, labelsNpy(labels));
    return await use({ features: file, labels: labelFile });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function checkShape(features: Arrays['features'], shape: readonly number[]): void {
  const isWhole = Array.isArray(shape) && shape.every((side) => Number.isSafeInteger(side) && side >= 0);
  const count = isWhole ? shape.reduce((product, side) => product * side, 1) : NaN;
  if (isWhole && count === features.length) return;
  throw new CliError(
    'bad-input',
    `shape: [${String(shape)}] does not fit ${features.length} features; give whole numbers, rows first`,
  );
}

const typeOf = (features: Arrays['features']) =>
  features instanceof Uint8Array ? 'uint8' : features instanceof Float64Array ? 'float64' : 'float32';

const npyOf = (features: Arrays['features'], shape: readonly number[]): Buffer =>
  Buffer.concat([
    writeNpyHeader(typeOf(features), shape),
    Buffer.from(features.buffer, features.byteOffset, features.byteLength),
  ]);

/** Whole numbers as int64, other labels as texts of four bytes per character. */
function labelsNpy(labels: LabelledArrays['labels']): Buffer {
  const list: readonly unknown[] = Array.from<unknown>(labels);
  if (list.every((label) => Number.isSafeInteger(label)))
    return Buffer.concat([
      writeNpyHeader('int64', [list.length]),
      Buffer.from(BigInt64Array.from(list as number[], BigInt).buffer),
    ]);
  const wrong = list.findIndex((label) => typeof label !== 'string' || label === '');
  if (wrong >= 0)
    throw new CliError(
      'bad-input',
      `labels: number ${wrong} is ${JSON.stringify(list[wrong])}; give whole numbers, or names that are not empty`,
    );
  const texts = list.map((label) => Array.from(label as string, (letter) => letter.codePointAt(0)!));
  const longest = texts.reduce((most, { length }) => Math.max(most, length), 1);
  const codes = new Uint32Array(list.length * longest);
  texts.forEach((text, at) => codes.set(text, at * longest));
  return Buffer.concat([writeNpyHeader({ letters: longest }, [list.length]), Buffer.from(codes.buffer)]);
}
