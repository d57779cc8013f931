import { createHash } from 'node:crypto';
import type { Samples } from './samples.js';

/**
 * SHA-256 (hexadecimal) of rows as a network meets them: equal hashes mean the same rows in the same order with the
 * same scaling, categories and classes. Hashed are one line of JSON, `{classes, inputShape, scale, count, type}`, then
 * the features (row-major, `type` uint8 or float64), then the labels (int32), all little-endian. docs/network-file.md
 * tells users the same.
 */
export function samplesHash({ classes, inputShape, scale, count, features, labels }: Samples): string {
  const type = features instanceof Uint8Array ? 'uint8' : 'float64';
  return createHash('sha256')
    .update(`${JSON.stringify({ classes, inputShape, scale, count, type })}\n`)
    .update(bytesOf(features))
    .update(bytesOf(labels))
    .digest('hex');
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint8Array | Float64Array | Int32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
