// Tested by ../e2e/verify-rows.e2e.test.ts.
import { openNpy, type Samples } from '@mipnet/dataset';
import { classify, inputSize, outputSize, type Network } from '@mipnet/network';
import { tableInputsIn } from '@mipnet/runs/records';
import { basename } from 'node:path';
import { openRows } from '../predict/open-rows.js';
import { CliError } from '../program/cli-error.js';

/** Where rows come from that are no test rows of a data set. */
export interface InputOptions {
  /** X.npy, images, or a table whose columns have the names that the network's file gives them. */
  readonly input: string;
  /** y.npy: their classes, counted from 0. */
  readonly labels?: string;
}

/** Numbers that are held in memory. */
const mostNumbers = 2 ** 28;

/**
 * All rows of a file, as the network reads them. Without labels the class of a row is the one that the network gives
 * it: the question is then whether that class is stable.
 * @throws CliError or DatasetError 'bad-input'
 */
export async function inputRows(
  network: Network,
  file: string,
  { input, labels: labelsFile }: InputOptions,
  say: (line: string) => void,
): Promise<Samples> {
  const inputs = tableInputsIn(network, file);
  const source = await openRows(input, network, file, say);
  const size = inputSize(network);
  const parts: Float32Array[] = [];
  let count = 0;
  for await (const batch of source.batches(1024)) {
    parts.push(batch.inputs.slice());
    count += batch.count;
    if (count * size > mostNumbers)
      throw new CliError('bad-input', `${input} has more than ${mostNumbers} numbers; give a file with fewer rows`);
  }
  source.notes().forEach(say);
  if (count === 0) throw new CliError('bad-input', `${input} has no rows`);
  const features = new Float32Array(count * size);
  parts.reduce((at, part) => (features.set(part, at), at + part.length), 0);
  const classes = Math.max(2, outputSize(network));
  return {
    name: basename(input),
    classes: Array.from({ length: classes }, (_, index) => String(index)),
    inputShape: network.inputShape,
    count,
    size,
    features,
    scale: 1,
    labels:
      labelsFile === undefined
        ? Int32Array.from(classify(network, Float64Array.from(features), count))
        : await readLabels(labelsFile, { count, classes, input }),
    columns: inputs?.columns,
  };
}

async function readLabels(
  path: string,
  { count, classes, input }: { readonly count: number; readonly classes: number; readonly input: string },
): Promise<Int32Array> {
  const array = await openNpy(path);
  if (array.size !== 1 || array.count !== count)
    throw new CliError(
      'bad-input',
      `${path} has the shape (${array.shape.join(', ')}), and ${input} has ${count} rows; give one class per row`,
    );
  const labels = new Int32Array(count);
  let at = 0;
  for await (const part of array.rows(65536))
    for (const label of part) {
      if (!(Number.isInteger(label) && label >= 0 && label < classes))
        throw new CliError(
          'bad-input',
          `${path}, row ${at}: ${label} is no class; the network's classes are 0 to ${classes - 1}, in the order of ` +
            'its outputs',
        );
      labels[at++] = label;
    }
  return labels;
}
