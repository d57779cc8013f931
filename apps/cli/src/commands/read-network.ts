import { isGzip, readRegularFile, unpackGzip } from '@mipnet/dataset';
import { fromOnnx, type Network } from '@mipnet/network';
import { CliError } from '../cli-error.js';

/** Largest network file, bytes: 33 million float32 weights, which is far beyond what a MIP can be made of. */
const most = 2 ** 27;

export interface NetworkFile {
  readonly network: Network;
  /** The ONNX model, unpacked. */
  readonly bytes: Uint8Array;
}

/** Reads an ONNX file, plain or gzip. @throws DatasetError or CliError 'bad-input', with the file's name */
export async function readNetworkFile(file: string): Promise<NetworkFile> {
  const read = await readRegularFile(file, { most, what: 'the network file' });
  const bytes = isGzip(read) ? unpackGzip(read, file, { most, fix: 'Get it again.' }) : read;
  try {
    return { network: fromOnnx(bytes), bytes };
  } catch (cause) {
    throw new CliError('bad-input', `${file}: ${(cause as Error).message}`, { cause });
  }
}

export const readNetwork = async (file: string): Promise<Network> => (await readNetworkFile(file)).network;
