import type { ObjectStore } from '@mipnet/object-store';
import { endpointOf, s3Client, type S3StoreOptions } from './s3-client.js';
import { s3Place } from './s3-place.js';
import { S3Store } from './s3-store.js';

/**
 * Opens `s3://bucket/prefix`. It sends no request yet: a wrong credential or bucket shows at the first use. The AWS SDK
 * is loaded in here, so that a program that opens no S3 store does not pay for it.
 * @throws ObjectStoreError 'refused' for a URL or endpoint that is none
 */
export async function openS3Store(url: string, options: S3StoreOptions = {}): Promise<ObjectStore> {
  const place = s3Place(url, endpointOf(options));
  const { s3, attempts } = await s3Client(place, options);
  return new S3Store(s3, place, attempts);
}
