// Tested by folder-store.unit.test.ts.
import { ObjectStoreError } from './object-store-error.js';

/** File systems end names at 255 bytes; the rest is reserved for the suffix of a temporary file. */
const LONGEST_SEGMENT = 200;
/** S3 ends keys at 1024 bytes; the rest is reserved for the prefix of the store. */
const LONGEST_KEY = 700;

const SEGMENT = /^[A-Za-z0-9._-]+$/;

function refuse(what: 'key' | 'prefix', text: string, why: string): ObjectStoreError {
  return new ObjectStoreError('refused', `object ${what} ${JSON.stringify(text)} ${why}`);
}

function checkSegment(what: 'key' | 'prefix', text: string, segment: string): void {
  if (segment === '')
    throw refuse(what, text, 'has an empty segment; write it like runs/7/network, without a slash at either end');
  if (segment === '.' || segment === '..')
    throw refuse(what, text, `has the segment "${segment}"; keys cannot climb out of their store`);
  if (!SEGMENT.test(segment)) throw refuse(what, text, 'has a character outside A-Z a-z 0-9 . _ - and /');
  if (segment.length > LONGEST_SEGMENT)
    throw refuse(what, text, `has a segment of ${segment.length} characters; at most ${LONGEST_SEGMENT} fit`);
}

/**
 * Every adapter calls this first, so that a key means the same object in every store and never a path outside it.
 * @throws ObjectStoreError 'refused'
 */
export function checkKey(key: string): void {
  if (key.length > LONGEST_KEY) throw refuse('key', key, `has ${key.length} characters; at most ${LONGEST_KEY} fit`);
  for (const segment of key.split('/')) checkSegment('key', key, segment);
}

/** A prefix is the beginning of a key: it may be empty and may end anywhere. @throws ObjectStoreError 'refused' */
export function checkPrefix(prefix: string): void {
  const segments = prefix.split('/');
  const last = segments.pop() ?? '';
  for (const segment of segments) checkSegment('prefix', prefix, segment);
  if (last !== '' && !SEGMENT.test(last))
    throw refuse('prefix', prefix, 'has a character outside A-Z a-z 0-9 . _ - and /');
}

/** Whether a name found in a store can be a key; other names there are not objects. */
export function isKey(text: string): boolean {
  return text.length <= LONGEST_KEY && text.split('/').every(isSegment);
}

export function isSegment(name: string): boolean {
  return SEGMENT.test(name) && name !== '.' && name !== '..' && name.length <= LONGEST_SEGMENT;
}

/** @throws ObjectStoreError 'refused' unless 0 <= start <= end, both integers. */
export function checkRange(key: string, start: number, end: number): void {
  if (Number.isSafeInteger(start) && Number.isSafeInteger(end) && 0 <= start && start <= end) return;
  throw new ObjectStoreError(
    'refused',
    `range [${start}, ${end}) of object ${key} is not one: 0 <= start <= end, in whole bytes`,
  );
}

/** The error of every store for a range that ends behind the object. */
export function shorterThanRange(storeUrl: string, key: string, end: number, bytes: number): ObjectStoreError {
  return new ObjectStoreError(
    'damaged',
    `object ${key} in ${storeUrl} has ${bytes} bytes, but bytes up to ${end} were asked for: it was cut ` +
      'off or is another object; remove it and make it again',
  );
}
