import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { VerificationError } from '../verification-error.js';
import { parseVnnlib, type VnnlibProperty } from './parse-vnnlib.js';

/**
 * The property in the bytes of a file, plain or gzip (told by the bytes, not by the name).
 * @throws VerificationError 'truncated' for a damaged or shortened gzip, 'syntax' for bytes that are no UTF-8, and as `parseVnnlib`
 */
export function decodeVnnlib(bytes: Uint8Array): VnnlibProperty {
  return parseVnnlib(asText(isGzip(bytes) ? unpacked(bytes) : bytes));
}

/** The same from a file. @throws VerificationError 'query' when it cannot be read, and as `decodeVnnlib` */
export async function readVnnlib(path: string): Promise<VnnlibProperty> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new VerificationError('query', `cannot read the property ${path}: ${(cause as Error).message}`, { cause });
  }
  return decodeVnnlib(bytes);
}

const isGzip = (bytes: Uint8Array): boolean => bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;

function unpacked(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    throw new VerificationError('truncated', `the property is not a whole gzip file (${(cause as Error).message}); get it again`, { cause });
  }
}

function asText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new VerificationError('syntax', 'the bytes are not text: a property is VNN-LIB text, plain or gzip', { cause });
  }
}
