import { DatasetError, isGzip, readRegularFile, unpackGzip } from '@mipnet/dataset/stored';
import { VerificationError } from '../verification-error.js';
import { parseVnnlib } from './parse-vnnlib.js';
import type { VnnlibProperty } from './property.js';

/** Largest property, bytes, compressed or not. Those of VNN-COMP for images of 224 x 224 x 3 pixels have 13 million. */
const most = 2 ** 26;

/**
 * The property in the bytes of a file, plain or gzip (recognised by the bytes, not by the name).
 * @param name of the file, for messages
 * @throws VerificationError 'truncated' for a damaged or shortened gzip, 'unsupported' for one of too much content,
 *   'syntax' for bytes that are no UTF-8, and as `parseVnnlib`
 */
export function decodeVnnlib(bytes: Uint8Array, name = 'the property'): VnnlibProperty {
  try {
    return parseVnnlib(asText(isGzip(bytes) ? unpackGzip(bytes, name, { most, fix: 'Get it again.' }) : bytes));
  } catch (cause) {
    throw asVerificationError(cause);
  }
}

/** The same from a file. @throws VerificationError 'query' if it cannot be read, and as `decodeVnnlib` */
export async function readVnnlib(path: string): Promise<VnnlibProperty> {
  const bytes = await readRegularFile(path, { most, what: 'the property' }).catch((cause: unknown) => {
    throw asVerificationError(cause);
  });
  return decodeVnnlib(bytes, path);
}

const codes = { missing: 'query', damaged: 'truncated', 'bad-input': 'unsupported', download: 'query' } as const;

function asVerificationError(error: unknown): unknown {
  return error instanceof DatasetError
    ? new VerificationError(codes[error.code], error.message, { cause: error })
    : error;
}

function asText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new VerificationError('syntax', 'the bytes are not text: a property is VNN-LIB text, plain or gzip', {
      cause,
    });
  }
}
