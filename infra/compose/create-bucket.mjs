// Makes the bucket of $MIPNET_STORE (s3://bucket/prefix) with the account of the AWS environment variables, unless it is
// there. Only for servers of one's own: on AWS a bucket has an owner who makes it.
import { S3 } from '@aws-sdk/client-s3';

const [, bucket] = /^s3:\/\/([^/]+)/.exec(process.env.MIPNET_STORE ?? '') ?? [];
if (bucket === undefined) {
  console.error('MIPNET_STORE is not s3://bucket/prefix');
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
