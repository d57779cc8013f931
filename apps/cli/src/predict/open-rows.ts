import { openImages, type ImageFiles } from '@mipnet/dataset';
import { inputSize, type Network } from '@mipnet/network';
import { tableInputsIn } from '@mipnet/runs/records';
import { CliError } from '../program/cli-error.js';
import type { RowSource } from './batch.js';
import { arrayRows, tableRows } from './row-sources.js';
import { transformedRows } from './transformed-rows.js';

/**
 * The rows of a file as a network reads them: a table, an array, or images (PNG, IDX).
 * @param file the network's file
 * @param say gets what was decided about them
 * @throws DatasetError or CliError, also while rows are read
 */
export async function openRows(
  path: string,
  network: Network,
  file: string,
  say: (line: string) => void,
): Promise<RowSource> {
  const inputs = tableInputsIn(network, file);
  const images = inputs === undefined ? await openImages(path) : undefined;
  const source =
    images !== undefined
      ? imageRows(images, path, network)
      : await (/\.npy$/i.test(path) ? arrayRows(path, network, inputs, say) : tableRows(path, network, inputs));
  return transformedRows(source, network, file);
}

/** Images in files; with PNG files, the name of each stands beside its class. */
function imageRows({ count, shape, names, read }: ImageFiles, path: string, network: Network): RowSource {
  const { inputShape } = network;
  const size = shape.reduce((product, side) => product * side, 1);
  if (size !== inputSize(network) || (inputShape.length === 3 && inputShape.join() !== shape.join()))
    throw new CliError(
      'bad-input',
      `the images of ${path} have ${shape.join(' x ')} pixels, and the network takes ${inputShape.join(' x ')}`,
    );
  return {
    count,
    ...(names && { table: { columnNames: ['file'], hasHeader: true, delimiter: ',' } }),
    notes: () => [],
    batches: async function* (most) {
      for (let from = 0; from < count; from += most) {
        const to = Math.min(count, from + most);
        const inputs = Float32Array.from(await read(from, to), (byte) => byte * (1 / 255));
        yield { inputs, count: to - from, ...(names && { cells: names.slice(from, to).map((name) => [name]) }) };
      }
    },
  };
}
