import { randomUUID } from 'node:crypto';
import type { ObjectStore } from './object-store.js';
import { ObjectStoreError } from './object-store-error.js';

// Two processes that should share a store may have been given different ones: another prefix, another server, a folder
// that is not the same disk. So each store holds a marker object with a random id, written once. The id travels with a
// run, and a worker compares it with that of its own store before it takes work.

/** Key of the marker object. */
export const storeIdKey = 'store-id';

/** Which store a run reads and writes. Small and JSON-safe: it travels with the run. */
export interface StoreIdentity {
  readonly id: string;
  /** As the process that started the run calls it; for messages. */
  readonly url: string;
}

/**
 * The id of a store; undefined when no marker has been written yet.
 * @throws ObjectStoreError 'damaged' and as `read`
 */
export async function readStoreId(store: ObjectStore): Promise<string | undefined> {
  try {
    return parse(await store.read(storeIdKey), store.url);
  } catch (error) {
    if (error instanceof ObjectStoreError && error.code === 'missing') return undefined;
    throw error;
  }
}

/**
 * The id of a store, which is given one if it has none. Of several processes that do so at once, one wins, and all get
 * its id. A marker that is there is written again with the same bytes: this shows that the store can be written, and
 * keeps a bucket's lifecycle rule from removing the marker by its age.
 * @throws ObjectStoreError as `read` and `write`
 */
export async function ensureStoreId(store: ObjectStore): Promise<StoreIdentity> {
  let id = await readStoreId(store);
  if (id === undefined) {
    await store.writeNew(storeIdKey, encode(randomUUID()));
    id = await readStoreId(store);
    if (id === undefined)
      throw new ObjectStoreError(
        'missing',
        `the object ${storeIdKey} that was just written to ${store.url} is gone; check who removes objects there`,
      );
  } else {
    await store.write(storeIdKey, encode(id));
  }
  return { id, url: store.url };
}

const encode = (id: string): Uint8Array => new TextEncoder().encode(`${id}\n`);

function parse(bytes: Uint8Array, url: string): string {
  const [, id] = /^([0-9a-f-]{36})\n$/.exec(new TextDecoder().decode(bytes)) ?? [];
  if (id === undefined)
    throw new ObjectStoreError(
      'damaged',
      `object ${storeIdKey} in ${url}, which names the store, is damaged; remove it when no run is under way`,
    );
  return id;
}
