// Without its parts for strings in native code and for streams, which take longer to load than any document to read.
import { Encoder } from 'cbor-x/encode';
import { getObject, putObject } from './content-addressed.js';
import type { ObjectRef, ObjectStore } from './object-store.js';
import { ObjectStoreError } from './object-store-error.js';

/** The content of a document; a typed array comes back as its own class, aligned, with a buffer of its own. */
export type DocumentValue =
  | null
  | boolean
  | number
  | string
  | Float64Array
  | Float32Array
  | Int32Array
  | Int8Array
  | Uint8Array
  | readonly DocumentValue[]
  | { readonly [key: string]: DocumentValue | undefined };

const TYPED_ARRAYS = [Float64Array, Float32Array, Int32Array, Int8Array, Uint8Array] as const;

/** The CBOR tag 55799 marks a file as CBOR (RFC 8949, 3.4.6); so other bytes are recognised at once. */
const MARK = Uint8Array.of(0xd9, 0xd9, 0xf7);
const DEEPEST = 100;

// Every number is a double, so that each reads back as the same bits, -0 too.
const cbor = new Encoder({
  useRecords: false,
  variableMapSize: true,
  alwaysUseFloat: true,
  tagUint8Array: true,
  copyBuffers: true,
});

/**
 * Plain data as CBOR (RFC 8949), typed arrays as in RFC 8746. The same value gives the same bytes: object keys are
 * sorted, properties that are undefined are left out.
 * @throws ObjectStoreError 'refused' with the path of the value that is not plain data
 */
export function encodeDocument(value: unknown): Uint8Array {
  const body = cbor.encode(canonical(value, 'document', 0));
  const bytes = new Uint8Array(MARK.length + body.length);
  bytes.set(MARK);
  bytes.set(body, MARK.length);
  return bytes;
}

/**
 * @param name of the document, for the message.
 * @throws ObjectStoreError 'damaged' for anything else than a document.
 */
export function decodeDocument<T = DocumentValue>(bytes: Uint8Array, name = 'these bytes'): T {
  if (MARK.some((byte, i) => bytes[i] !== byte)) {
    throw new ObjectStoreError('damaged', `${name} is not a document: it does not begin with the CBOR mark d9d9f7`);
  }
  try {
    const value: unknown = cbor.decode(bytes.subarray(MARK.length));
    return canonical(value, 'document', 0) as T;
  } catch (error) {
    throw new ObjectStoreError('damaged', `${name} is not a document that mipnet wrote: ${String(error)}`, {
      cause: error,
    });
  }
}

/** Stores plain data under `${prefix}/${sha256}`. @throws as encodeDocument and putObject */
export async function putDocument(store: ObjectStore, prefix: string, value: unknown): Promise<ObjectRef> {
  return putObject(store, prefix, encodeDocument(value));
}

/** The plain data of a reference. The caller states the type, because it knows which documents it stores. */
export async function getDocument<T = DocumentValue>(store: ObjectStore, ref: ObjectRef): Promise<T> {
  return decodeDocument<T>(await getObject(store, ref), `object ${ref.key} in ${store.url}`);
}

/** The same value in canonical form, or an error that names the place that is not plain data. */
function canonical(value: unknown, path: string, depth: number): DocumentValue {
  if (depth > DEEPEST) throw notPlain(path, `nested more than ${DEEPEST} deep, or a cycle`);
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  // NaN has many bit patterns; this one is always the same.
  if (typeof value === 'number') return Number.isNaN(value) ? NaN : value;
  if (Buffer.isBuffer(value)) return new Uint8Array(value);
  for (const TypedArray of TYPED_ARRAYS) if (value instanceof TypedArray) return value;
  if (Array.isArray(value)) return Array.from(value, (item, i) => canonical(item, `${path}[${i}]`, depth + 1));
  if (typeof value !== 'object') throw notPlain(path, `of type ${typeof value}`);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw notPlain(path, `of class ${value.constructor?.name ?? 'unknown'}`);
  const sorted: Record<string, DocumentValue> = {};
  for (const [key, property] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (key === '__proto__') throw notPlain(path, 'an object with the key __proto__');
    if (property !== undefined) sorted[key] = canonical(property, `${path}.${key}`, depth + 1);
  }
  return sorted;
}

function notPlain(path: string, what: string): ObjectStoreError {
  return new ObjectStoreError(
    'refused',
    `${path} is ${what}: a document holds null, booleans, numbers, strings, arrays, plain objects and the ` +
      'typed arrays Float64, Float32, Int32, Int8 and Uint8',
  );
}
