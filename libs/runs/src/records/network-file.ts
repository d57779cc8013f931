import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, resolve, sep } from 'node:path';
import { isGzip, readRegularFile, unpackGzip } from '@mipnet/dataset/stored';
import {
  fromOnnx,
  networkShapes,
  toOnnx,
  withExternalData,
  withOutput,
  withRunnableOpset,
  type Network,
} from '@mipnet/network';
import { foldConstants } from '@mipnet/verification';
import { makePrivate, writeWhole } from '@mipnet/stack/folders';
import { RunError } from '../run-error.js';

/** Largest network file, bytes: 33 million float32 weights, which is far more than a MIP can hold. */
const most = 2 ** 27;

export interface NetworkFile {
  readonly network: Network;
  /** The ONNX model, unpacked and in one piece; the ONNX runtime computes what `network` does. */
  readonly bytes: Uint8Array;
  /** Operators at the end of the file's model that are left out: they turn scores into probabilities or labels. */
  readonly ending: readonly string[];
  /** What a person should know about the choice of the output. */
  readonly notes: readonly string[];
}

export interface NetworkFileOptions {
  /** Name of the output, or of another value of the graph; undefined: the scores. */
  readonly output?: string;
}

/**
 * Reads an ONNX file, plain or gzip, with the weights that it keeps beside it, for questions about classes: of a
 * classifier, the network is what computes its scores.
 * @throws DatasetError or RunError 'bad-input', with the file's name
 */
export async function readNetworkFile(file: string, { output }: NetworkFileOptions = {}): Promise<NetworkFile> {
  const whole = await unpacked(file);
  return named(file, async () => {
    const { bytes: chosen, ending, notes } = withOutput(whole, output);
    const bytes = await folded(chosen);
    const network = fromOnnx(bytes);
    requireOneAxis(network, ending);
    return { network, bytes, ending, notes };
  });
}

/**
 * The bytes of an ONNX file for a property, which is about the output as it is: unpacked, in one piece, its constants
 * computed. @throws as `readNetworkFile`
 */
export async function readModelFile(file: string): Promise<Uint8Array> {
  const whole = await unpacked(file);
  return named(file, () => folded(whole));
}

async function unpacked(file: string): Promise<Uint8Array> {
  const read = await readRegularFile(file, { most, what: 'the network file' });
  const bytes = isGzip(read) ? unpackGzip(read, file, { most, fix: 'Get it again.' }) : read;
  return named(file, () => withExternalData(bytes, (location) => readBeside(file, location)));
}

/** Constants computed by the ONNX runtime, which is loaded only if there are some. */
const folded = (bytes: Uint8Array): Promise<Uint8Array> => foldConstants(withRunnableOpset(bytes));

/** A part of the model that is in another file. @throws RunError 'bad-input' unless it is in the folder of the model */
async function readBeside(file: string, location: string): Promise<Uint8Array> {
  const folder = await realpath(dirname(file));
  const path = resolve(folder, location);
  const found = await realpath(path).catch(() => path);
  if (isAbsolute(location) || [path, found].some((own) => !own.startsWith(folder + sep)))
    throw new RunError(
      'bad-input',
      `its weights are in ${JSON.stringify(location)}, outside the folder of the model; only files in that folder are ` +
        'read: copy them there and save the model again',
    );
  return readRegularFile(found, { most, what: 'the weights of the model' });
}

/** Without a softmax or a maximum at its end, the class is the largest of all outputs: they must be one row. */
function requireOneAxis(network: Network, ending: readonly string[]): void {
  if (!ending.some((opType) => opType !== 'Sigmoid')) return;
  const shape = networkShapes(network).at(-1) ?? network.inputShape;
  if (shape.filter((extent) => extent > 1).length > 1)
    throw new RunError(
      'bad-input',
      `the model ends in ${[...ending].reverse().join(', ')} on [${shape.join(', ')}], which is not one score per ` +
        'class; name a value before it with --output',
    );
}

/** Work on a file's model, with the file's name in front of what is wrong. */
async function named<Result>(file: string, work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
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
