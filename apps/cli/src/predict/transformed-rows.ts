// Tested by open-rows.unit.test.ts.
import { deskewed } from '@mipnet/dataset';
import type { Network } from '@mipnet/network';
import { transformationIn } from '@mipnet/runs/records';
import { CliError } from '../program/cli-error.js';
import type { RowSource } from './batch.js';

/**
 * The rows of a file as a network reads them: deskewed, if its file says so. Pixels are multiples of 1/255, as those
 * that it was trained on; others are rounded to the nearest.
 * @param file the network's file
 * @throws CliError 'bad-input', also while rows are read
 */
export function transformedRows(source: RowSource, network: Network, file: string): RowSource {
  if (transformationIn(network, file) === undefined) return source;
  const { inputShape } = network;
  return {
    ...source,
    batches: async function* (most) {
      let first = 0;
      for await (const batch of source.batches(most)) {
        const { inputs, count } = batch;
        const bytes = new Uint8Array(inputs.length);
        for (let at = 0; at < inputs.length; at++) {
          if (!(inputs[at] >= 0 && inputs[at] <= 1)) {
            const size = inputs.length / count;
            throw new CliError(
              'bad-input',
              `row ${first + Math.floor(at / size)}, input ${at % size}: ${inputs[at]} is no pixel from 0 to 1, and ` +
                `${file} reads deskewed images`,
            );
          }
          bytes[at] = Math.round(255 * inputs[at]);
        }
        first += count;
        yield { ...batch, inputs: Float32Array.from(deskewed(bytes, inputShape), (byte) => byte * (1 / 255)) };
      }
    },
  };
}
