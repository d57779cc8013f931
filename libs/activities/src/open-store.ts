import { CachedStore, openStore, type ObjectStore } from '@mipnet/object-store';

/** Opens any store a plan or an option may name; S3's adapter is loaded only when its scheme is used. */
export const openAnyStore = (url: string): Promise<ObjectStore> =>
  openStore(url, { s3: async (s3Url) => (await import('@mipnet/object-store-s3')).openS3Store(s3Url) });

/** The same with verified objects kept in memory, up to `megabytes`. */
export const openCachedStore = async (url: string, megabytes: number): Promise<ObjectStore> =>
  new CachedStore(await openAnyStore(url), { maxBytes: megabytes * 2 ** 20 });
