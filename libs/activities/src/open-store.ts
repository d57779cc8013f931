import { CachedStore, openStore, PatientStore, type ObjectStore, type Patience } from '@mipnet/object-store';

/** Opens any store a plan or an option may name; S3's adapter is loaded only when its scheme is used. */
export const openAnyStore = (url: string): Promise<ObjectStore> =>
  openStore(url, { s3: async (s3Url) => (await import('@mipnet/object-store-s3')).openS3Store(s3Url) });

/**
 * How long a worker waits for a store that does not answer before it hands the task back, seconds: perhaps another
 * worker reaches it.
 */
export const workerPatienceSeconds = 120;

/**
 * The same with verified objects kept in memory, up to `megabytes`, and with patience while the store does not answer.
 */
export const openPatientStore = async (url: string, megabytes: number, patience: Patience): Promise<ObjectStore> =>
  new CachedStore(new PatientStore(await openAnyStore(url), patience), { maxBytes: megabytes * 2 ** 20 });
