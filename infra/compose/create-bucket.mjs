// Makes the bucket of $MIPNET_STORE (s3://bucket/prefix) with the account of the AWS environment variables, unless it
// is there, and gives the account $WORKER_ACCESS_KEY the rights of least-rights-policy.json below the prefix. Only for
// servers of one's own: on AWS a bucket has an owner who makes it.
import { readFile } from 'node:fs/promises';
import { S3 } from '@aws-sdk/client-s3';

const [, bucket, prefix] = /^s3:\/\/([^/]+)\/(.+?)\/?$/.exec(process.env.MIPNET_STORE ?? '') ?? [];
const worker = process.env.WORKER_ACCESS_KEY;
if (bucket === undefined || !worker) {
  console.error('give MIPNET_STORE as s3://bucket/prefix, and WORKER_ACCESS_KEY');
  process.exit(2);
}
const s3 = new S3({ forcePathStyle: true });
try {
  await s3.createBucket({ Bucket: bucket });
  console.log(`made the bucket ${bucket}`);
} catch (error) {
  if (error.name !== 'BucketAlreadyOwnedByYou') throw error;
  console.log(`the bucket ${bucket} is there`);
}
const rights = await readFile(new URL('../s3/least-rights-policy.json', import.meta.url), 'utf8');
const policy = JSON.parse(rights.replaceAll('BUCKET', bucket).replaceAll('PREFIX', prefix));
// The policy of a role names no principal, that of a bucket must.
for (const statement of policy.Statement) statement.Principal = { AWS: [worker] };
await s3.putBucketPolicy({ Bucket: bucket, Policy: JSON.stringify(policy) });
console.log(`${worker} may read and write below ${bucket}/${prefix}`);
