import { checkKey, ObjectStoreError } from '@mipnet/object-store';

/** The place of the objects: a bucket, a prefix that may be empty, and a server. @default server AWS */
export interface S3Place {
  readonly bucket: string;
  readonly prefix: string;
  readonly endpoint: string | undefined;
  /** s3://bucket/prefix */
  readonly url: string;
}

/**
 * New buckets of AWS have 3 to 63 of a-z, 0-9, "." and "-". Its oldest ones and those of other servers (Google, Ceph)
 * may also have capitals and "_", and be longer; a server without such a bucket reports it.
 */
const BUCKET = /^[A-Za-z0-9_][A-Za-z0-9._-]{1,253}[A-Za-z0-9_]$/;

/**
 * Reads s3://bucket/prefix. Messages never repeat a part that could hold a password.
 * @throws ObjectStoreError 'refused'
 */
export function s3Place(url: string, endpoint: string | undefined): S3Place {
  const [, authority, path = ''] = /^s3:\/\/([^/?#]*)(?:\/(.*))?$/is.exec(url) ?? [];
  if (authority === undefined) throw refused('the URL of an S3 store is written s3://bucket/prefix');
  if (authority.includes('@')) {
    throw refused(
      'the URL of an S3 store holds no user or password; write s3://bucket/prefix and set ' +
        'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    );
  }
  if (!BUCKET.test(authority)) {
    const rule = '3 to 255 letters, digits, "_", "." and "-", the last two not at an end';
    throw refused(`${JSON.stringify(authority)} is not the name of an S3 bucket: ${rule}`);
  }
  const prefix = path.replace(/\/$/, '');
  if (prefix !== '') checkKey(prefix);
  return {
    bucket: authority,
    prefix,
    endpoint: checkEndpoint(endpoint),
    url: `s3://${authority}${prefix && `/${prefix}`}`,
  };
}

function checkEndpoint(endpoint: string | undefined): string | undefined {
  if (endpoint === undefined) return undefined;
  const parsed = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol)) {
    throw refused(
      'the endpoint of the S3 store (AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL) is not a URL like https://host:port',
    );
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw refused(
      'the endpoint of the S3 store holds a user or password; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead',
    );
  }
  return endpoint;
}

function refused(message: string): ObjectStoreError {
  return new ObjectStoreError('refused', message);
}
