import { dirname } from 'node:path';
import { isGzip, readRegularFile, unpackGzip } from '@mipnet/dataset';
import { fromOnnx, toOnnx, type Network } from '@mipnet/network';
import { makePrivate, writeWhole } from '@mipnet/stack/folders';
import { RunError } from '../run-error.js';

/** Largest network file, bytes: 33 million float32 weights, which is far more than a MIP can hold. */
const most = 2 ** 27;

export interface NetworkFile {
  readonly network: Network;
  /** The ONNX model, unpacked. */
  readonly bytes: Uint8Array;
}

/** Reads an ONNX file, plain or gzip. @throws DatasetError or RunError 'bad-input', with the file's name */
export async function readNetworkFile(file: string): Promise<NetworkFile> {
  const read = await readRegularFile(file, { most, what: 'the network file' });
  const bytes = isGzip(read) ? unpackGzip(read, file, { most, fix: 'Get it again.' }) : read;
  try {
    return { network: fromOnnx(bytes), bytes };
  } catch (cause) {
    throw new RunError('bad-input', `${file}: ${(cause as Error).message}`, { cause });
  }
}

export const readNetwork = async (file: string): Promise<Network> => (await readNetworkFile(file)).network;

/**
 * All or nothing: a reader never sees half a network.
 * @param mode of the file; a file in mipnet's own folder is for its owner alone
 * @throws RunError 'failed' if it cannot be written
 */
export async function writeNetwork(path: string, network: Network, mode?: number): Promise<void> {
  await makePrivate(dirname(path));
  await writeWhole(path, toOnnx(network), mode).catch((cause: Error) => {
    throw new RunError('failed', `the network could not be written to ${path}: ${cause.message}`, { cause });
  });
}
