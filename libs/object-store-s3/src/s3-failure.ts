// Tested by s3-store.int.test.ts.
import { missingObject, ObjectStoreError } from '@mipnet/object-store';
import type { S3Place } from './s3-place.js';

/** The fields that are read from errors of the SDK, of S3 servers and of sockets. */
interface Failure {
  /** The code of S3, e.g. NoSuchKey, or the class of a local error. */
  readonly name: string;
  /** Of sockets, e.g. ECONNREFUSED. */
  readonly systemCode: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
}

const NO_CREDENTIALS = ['CredentialsProviderError', 'TokenProviderError'];
const BAD_CREDENTIALS = [
  'AccessDenied',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidToken',
  'TokenRefreshRequired',
  // versitygw's word for an unknown access key, with the status 404
  'XAdminUserNotFound',
];
const OTHER_REGION = [
  'PermanentRedirect',
  'TemporaryRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
  'Redirect',
];
const CANNOT_TAKE = [
  'QuotaExceeded',
  'EntityTooLarge',
  'InsufficientStorage',
  'StorageFull',
  'XMinioStorageFull',
  'ObjectParentIsFile',
  'ExistingObjectIsDirectory',
];
/** Codes of a request that was damaged in transfer: it is worth sending again. */
const HURT_ON_THE_WAY = [
  'BadDigest',
  'InvalidDigest',
  'XAmzContentSHA256Mismatch',
  'XAmzContentChecksumMismatch',
  'IncompleteBody',
];

/** Answers of a server to a header that it does not know; S3 checksums are the newest headers. */
const HEADER_REFUSED = ['NotImplemented', 'InvalidRequest', 'InvalidArgument', 'BadRequest', 'UnsupportedHeader'];

/** The SDK adds checksums to each request and asks for them with each answer, unless these two say otherwise. */
const WITHOUT_CHECKSUMS =
  'AWS_REQUEST_CHECKSUM_CALCULATION=WHEN_REQUIRED and AWS_RESPONSE_CHECKSUM_VALIDATION=WHEN_REQUIRED';

export function describeFailure(error: unknown): Failure {
  const fields = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  const metadata = (fields.$metadata ?? {}) as { httpStatusCode?: number; requestId?: string };
  const systemCode = typeof fields.code === 'string' && /^E[A-Z_]+$/.test(fields.code) ? fields.code : '';
  const name = typeof fields.name === 'string' ? fields.name : 'Error';
  return { name, systemCode, status: metadata.httpStatusCode, requestId: metadata.requestId };
}

export function isAbsent(error: unknown): boolean {
  // The status 404 alone may also mean a bucket or a user.
  return ['NoSuchKey', 'NotFound'].includes(describeFailure(error).name);
}

/** The answer to a write that asked for a new key. 409: another writer of the key was faster. */
export function isThereAlready(error: unknown): boolean {
  const { name, status } = describeFailure(error);
  return status === 412 || name === 'PreconditionFailed' || name === 'ConditionalRequestConflict';
}

export function isNotImplemented(error: unknown): boolean {
  const { name, status } = describeFailure(error);
  return status === 501 || name === 'NotImplemented';
}

export function isHurtOnTheWay(error: unknown): boolean {
  return HURT_ON_THE_WAY.includes(describeFailure(error).name);
}

/**
 * The error of the store for an error of the SDK. Only codes are copied, and the cause holds only them: the
 * SDK's own errors can carry signed requests, session tokens among them.
 */
export function s3Failure(place: S3Place, key: string, error: unknown): ObjectStoreError {
  if (error instanceof ObjectStoreError) return error;
  if (isAbsent(error)) return missingObject(place.url, key, withoutSecrets(error));
  const { name, systemCode, status } = describeFailure(error);
  const server = place.endpoint ?? 'AWS';
  const what = systemCode || [name === 'Unknown' ? '' : name, status && `HTTP ${status}`].filter(Boolean).join(', ');
  const fail = (code: ObjectStoreError['code'], message: string) =>
    new ObjectStoreError(code, message, { cause: withoutSecrets(error) });

  if (name === 'NoSuchBucket')
    return fail(
      'refused',
      `there is no bucket ${place.bucket} at ${server}; create it or correct the URL ${place.url}`,
    );
  if (NO_CREDENTIALS.includes(name)) {
    return fail(
      'refused',
      `there are no credentials for ${place.url}; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE`,
    );
  }
  if (name === 'RequestTimeTooSkewed')
    return fail('refused', `${server} refuses requests for ${place.url}: the clock of this machine is wrong; set it`);
  if (OTHER_REGION.includes(name) || status === 301) {
    return fail(
      'refused',
      `the bucket ${place.bucket} is in another region than the one asked for (${what}); set AWS_REGION to its region`,
    );
  }
  if (status === 401 || status === 403 || BAD_CREDENTIALS.includes(name)) {
    return fail(
      'refused',
      `${server} refuses these credentials for ${key || 'the list of keys'} in ${place.url} (${what}); ` +
        'check the AWS credentials and their rights on the bucket',
    );
  }
  if (CANNOT_TAKE.includes(name) || status === 507) {
    return fail(
      'unwritable',
      `${server} cannot take object ${key} into ${place.url} (${what}); free space there or choose ` +
        'another store or key',
    );
  }
  if (isHurtOnTheWay(error)) {
    return fail(
      'unavailable',
      `object ${key} does not reach ${place.url} unchanged (${what}); check the network and run again`,
    );
  }
  if (status === 501 || (status !== undefined && status >= 400 && status < 500 && HEADER_REFUSED.includes(name))) {
    return fail(
      'refused',
      `${server} does not know a part of the request for ${key || 'the list of keys'} in ${place.url} ` +
        `(${what}); if it is a server without S3 checksums (x-amz-checksum-*), set ${WITHOUT_CHECKSUMS}`,
    );
  }
  if (status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429) {
    return fail(
      'refused',
      `${server} refuses the request for ${key || 'the list of keys'} in ${place.url} (${what}); check ` +
        'the AWS credentials, AWS_REGION and the URL',
    );
  }
  return fail(
    'unavailable',
    `${server} does not serve ${key || 'the list of keys'} in ${place.url} (${what}), also after retries; ` +
      'check the network, the endpoint (AWS_ENDPOINT_URL_S3) and the server, and run again',
  );
}

function withoutSecrets(error: unknown): Error {
  const { name, systemCode, status, requestId } = describeFailure(error);
  const parts = [name, systemCode, status && `HTTP ${status}`, requestId && `request ${requestId}`];
  return new Error(parts.filter(Boolean).join(', '));
}
