// Tested by ../../../apps/cli/src/data/fetch-s3.int.test.ts.
import { ObjectStoreError } from '@mipnet/object-store';
import { endpointOf, s3Client, type S3StoreOptions } from './s3-client.js';
import { readBody, repeat, TransferError, transferFailure } from './s3-body.js';
import { describeFailure, isHurtOnTheWay, s3Failure } from './s3-failure.js';
import { s3Place } from './s3-place.js';

/** An object that another program wrote, under any key. */
export interface S3Object {
  readonly url: string;
  /** Of the server; empty for AWS. */
  readonly endpoint: string;
  /** Changes whenever the object is written again. */
  readonly etag: string;
  readonly bytes: number;
  /**
   * Bytes [start, end) of this version of the object.
   * @throws ObjectStoreError, also if the object was written again meanwhile
   */
  read(start: number, end: number): Promise<Uint8Array>;
}

/**
 * Opens `s3://bucket/key`: asks for its version and size. Credentials, endpoint and region as for stores.
 * @throws ObjectStoreError 'missing' | 'refused' | 'unreachable'
 */
export async function openS3Object(url: string, options: S3StoreOptions = {}): Promise<S3Object> {
  const [, bucketUrl, key = ''] = /^(s3:\/\/[^/?#]*)(?:\/(.*))?$/is.exec(url) ?? [];
  const place = s3Place(bucketUrl ?? url, endpointOf(options));
  if (key === '' || key.endsWith('/'))
    throw new ObjectStoreError('refused', `${url} names no object; write s3://bucket/key of one file`);
  const object = { Bucket: place.bucket, Key: key };
  const { s3, attempts } = await s3Client(place, options);
  const failure = (error: unknown): ObjectStoreError =>
    describeFailure(error).status === 412
      ? new ObjectStoreError('unavailable', `${url} was written again while it was read; run again`)
      : error instanceof TransferError
        ? transferFailure(place.url, key, error)
        : s3Failure(place, key, error);
  const { ETag: etag = '', ContentLength: bytes = 0 } = await s3
    .headObject(object)
    .catch((error: unknown) => fail(failure(error)));
  return {
    url,
    endpoint: place.endpoint ?? '',
    etag,
    bytes,
    read: (start, end) =>
      repeat(attempts, isBroken, async () => {
        const { Body, ContentLength } = await s3.getObject({
          ...object,
          IfMatch: etag,
          Range: `bytes=${start}-${end - 1}`,
        });
        if (ContentLength !== end - start) throw new TransferError('the answer is not the range that was asked for');
        return readBody(Body, ContentLength);
      }).catch((error: unknown) => fail(failure(error))),
  };
}

const isBroken = (error: unknown): boolean => error instanceof TransferError || isHurtOnTheWay(error);

function fail(error: Error): never {
  throw error;
}
