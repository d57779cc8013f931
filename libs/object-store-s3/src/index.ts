export { openS3Store } from './open-s3-store.js';
export type { S3StoreOptions } from './s3-client.js';
export { openS3Object, type S3Object } from './s3-object.js';
