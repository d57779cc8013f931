// Tested by s3-store.int.test.ts.
import type { S3 } from '@aws-sdk/client-s3';
import type { S3Place } from './s3-place.js';

/** Missing values come from the AWS environment variables and files, as for every AWS program. */
export interface S3StoreOptions {
  /** @default AWS_ENDPOINT_URL_S3, then AWS_ENDPOINT_URL, then AWS. With an endpoint, addresses are path-style. */
  readonly endpoint?: string;
  /** @default AWS_REGION, then AWS_DEFAULT_REGION, then us-east-1 if there is an endpoint */
  readonly region?: string;
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** Attempts for one request, with growing random pauses. @default AWS_MAX_ATTEMPTS, then 5 */
  readonly maxAttempts?: number;
  /** Patience for a connection, in seconds. @default 5 */
  readonly connectSeconds?: number;
  /** Patience for the next byte, in seconds. @default 30 */
  readonly silenceSeconds?: number;
}

const DEFAULT_ATTEMPTS = 5;

export const endpointOf = ({ endpoint }: S3StoreOptions): string | undefined =>
  endpoint ?? (process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL || undefined);

/** The client for a place; the AWS SDK is loaded in here. It sends no request yet. */
export async function s3Client(
  place: S3Place,
  options: S3StoreOptions,
): Promise<{ readonly s3: S3; readonly attempts: number }> {
  const { env } = process;
  // On Node 20 the SDK prints eight lines in each process about its own plans. README says which Node to use.
  env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const { S3 } = await import('@aws-sdk/client-s3');
  const attempts = options.maxAttempts ?? (Number(env.AWS_MAX_ATTEMPTS) || DEFAULT_ATTEMPTS);
  const region = options.region ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION || (place.endpoint && 'us-east-1'));
  // Checksums of requests and answers are on by default, and AWS_REQUEST_CHECKSUM_CALCULATION may say otherwise for a
  // server that has none.
  const s3 = new S3({
    ...(place.endpoint && { endpoint: place.endpoint, forcePathStyle: true }),
    ...(region && { region }),
    ...(options.credentials && { credentials: options.credentials }),
    retryMode: 'standard',
    maxAttempts: attempts,
    requestHandler: {
      connectionTimeout: (options.connectSeconds ?? 5) * 1000,
      socketTimeout: (options.silenceSeconds ?? 30) * 1000,
    },
  });
  return { s3, attempts };
}
