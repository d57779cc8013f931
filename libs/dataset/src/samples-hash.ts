import { createHash } from 'node:crypto';
import { storedAs, type Features, type Samples } from './samples.js';

/**
 * SHA-256 (hexadecimal) of rows as a network file reads them: equal hashes mean the same rows in the same order with
 * the same categories and classes. Hashed are one line of JSON, `{classes, inputShape, scale, count, type}`, then the
 * features (row-major, `type` uint8, float32 or float64), then the labels (int32), all little-endian.
 * docs/network-file.md describes this for users.
 */
export function samplesHash(samples: Samples): string {
  const known = hashes.get(samples) ?? hashOf(samples);
  hashes.set(samples, known);
  return known;
}

/** Rows never change, and a sweep names the same rows in every network. */
const hashes = new WeakMap<Samples, string>();

function hashOf({ classes, inputShape, scale, count, features, labels }: Samples): string {
  const type = storedAs(features);
  return createHash('sha256')
    .update(`${JSON.stringify({ classes, inputShape, scale, count, type })}\n`)
    .update(bytesOf(features))
    .update(bytesOf(labels))
    .digest('hex');
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Features | Int32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
