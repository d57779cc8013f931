// Tested by s3-store.int.test.ts.
import type { GetObjectCommandOutput, S3 } from '@aws-sdk/client-s3';
import {
  checkKey,
  checkPrefix,
  checkRange,
  isKey,
  missingObject,
  shorterThanRange,
  type ObjectStore,
} from '@mipnet/object-store';
import { readBody, repeat, TransferError, transferFailure } from './s3-body.js';
import {
  describeFailure,
  isAbsent,
  isHurtOnTheWay,
  isNotImplemented,
  isThereAlready,
  s3Failure,
} from './s3-failure.js';
import type { S3Place } from './s3-place.js';

/** One S3 object per object. S3 guarantees that a PUT is all or nothing. */
export class S3Store implements ObjectStore {
  readonly url: string;
  readonly #s3: S3;
  readonly #place: S3Place;
  readonly #attempts: number;
  #bucketSeen = false;

  constructor(s3: S3, place: S3Place, attempts: number) {
    this.#s3 = s3;
    this.#place = place;
    this.#attempts = attempts;
    this.url = place.url;
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    const object = this.#object(key);
    try {
      await repeat(this.#attempts, isHurtOnTheWay, () => this.#s3.putObject({ ...object, Body: bytes }));
    } catch (error) {
      throw s3Failure(this.#place, key, error);
    }
  }

  async writeNew(key: string, bytes: Uint8Array): Promise<boolean> {
    const object = this.#object(key);
    try {
      await repeat(this.#attempts, isHurtOnTheWay, () =>
        this.#s3.putObject({ ...object, Body: bytes, IfNoneMatch: '*' }),
      );
      return true;
    } catch (error) {
      // Also the answer to a request that was repeated because its first answer was lost.
      if (isThereAlready(error)) return false;
      // Some servers have no conditional writes: two simultaneous first writers may then both get the answer that they
      // were first.
      if (isNotImplemented(error)) return (await this.has(key)) ? false : this.write(key, bytes).then(() => true);
      throw s3Failure(this.#place, key, error);
    }
  }

  async read(key: string): Promise<Uint8Array> {
    return this.#get(key, undefined, (answer) => readBody(answer.Body, answer.ContentLength));
  }

  async readRange(key: string, start: number, end: number): Promise<Uint8Array> {
    checkRange(key, start, end);
    // HTTP has no empty range.
    if (start === end) {
      const bytes = await this.size(key);
      if (bytes === undefined) throw missingObject(this.url, key);
      if (end > bytes) throw shorterThanRange(this.url, key, end, bytes);
      return new Uint8Array(0);
    }
    try {
      return await this.#get(key, `bytes=${start}-${end - 1}`, async (answer) => {
        const [, from, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.ContentRange ?? '') ?? [];
        if (Number(from) !== start) throw new TransferError('the answer is not the range that was asked for');
        const bytes = await readBody(answer.Body, answer.ContentLength);
        if (Number(total) < end) throw shorterThanRange(this.url, key, end, Number(total));
        if (bytes.length !== end - start) throw new TransferError(`${bytes.length} of ${end - start} bytes came`);
        return bytes;
      });
    } catch (error) {
      if (describeFailure(error).status !== 416) throw error;
      throw shorterThanRange(this.url, key, end, (await this.size(key)) ?? 0);
    }
  }

  async has(key: string): Promise<boolean> {
    return (await this.size(key)) !== undefined;
  }

  async size(key: string): Promise<number | undefined> {
    const object = this.#object(key);
    try {
      return (await this.#s3.headObject(object)).ContentLength;
    } catch (error) {
      if (!isAbsent(error)) throw s3Failure(this.#place, key, error);
      await this.#seeBucket();
      return undefined;
    }
  }

  async *list(prefix: string): AsyncGenerator<string> {
    checkPrefix(prefix);
    const base = this.#place.prefix && `${this.#place.prefix}/`;
    let ContinuationToken: string | undefined;
    do {
      const page = await this.#s3
        .listObjectsV2({ Bucket: this.#place.bucket, Prefix: base + prefix, ContinuationToken })
        .catch((error: unknown) => {
          throw s3Failure(this.#place, '', error);
        });
      for (const { Key = '' } of page.Contents ?? []) {
        const key = Key.slice(base.length);
        // The bucket may hold objects that no store wrote, such as folder markers.
        if (isKey(key)) yield key;
      }
      ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (ContinuationToken !== undefined);
  }

  async remove(key: string): Promise<void> {
    const object = this.#object(key);
    try {
      await this.#s3.deleteObject(object);
    } catch (error) {
      if (!isAbsent(error)) throw s3Failure(this.#place, key, error);
    }
  }

  #object(key: string): { Bucket: string; Key: string } {
    checkKey(key);
    const { bucket, prefix } = this.#place;
    return { Bucket: bucket, Key: prefix === '' ? key : `${prefix}/${key}` };
  }

  async #get(
    key: string,
    range: string | undefined,
    read: (answer: GetObjectCommandOutput) => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    const object = this.#object(key);
    try {
      return await repeat(
        this.#attempts,
        (error) => error instanceof TransferError,
        async () => {
          return read(await this.#s3.getObject({ ...object, Range: range }));
        },
      );
    } catch (error) {
      if (error instanceof TransferError) throw transferFailure(this.url, key, error);
      if (range !== undefined && describeFailure(error).status === 416) throw error;
      throw s3Failure(this.#place, key, error);
    }
  }

  /**
   * The answer to HEAD has no body and may say 404 for a bucket or user too; the answer to a list tells which, once.
   */
  async #seeBucket(): Promise<void> {
    if (this.#bucketSeen) return;
    try {
      await this.#s3.listObjectsV2({ Bucket: this.#place.bucket, MaxKeys: 1 });
    } catch (error) {
      // A user without the right to list the bucket may still use its objects.
      if (describeFailure(error).status !== 403) throw s3Failure(this.#place, '', error);
    }
    this.#bucketSeen = true;
  }
}
