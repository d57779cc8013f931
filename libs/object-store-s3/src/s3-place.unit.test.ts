import { describe, expect, test } from 'vitest';
import { openS3Store } from './open-s3-store.js';
import { s3Place } from './s3-place.js';

describe('s3Place', () => {
  test.each([
    ['s3://bucket', 'bucket', '', 's3://bucket'],
    ['s3://bucket/', 'bucket', '', 's3://bucket'],
    ['s3://my.bucket-1/runs/a', 'my.bucket-1', 'runs/a', 's3://my.bucket-1/runs/a'],
    ['s3://bucket/runs/', 'bucket', 'runs', 's3://bucket/runs'],
    ['s3://my_bucket/runs', 'my_bucket', 'runs', 's3://my_bucket/runs'],
    ['s3://MyBucket', 'MyBucket', '', 's3://MyBucket'],
    [`s3://${'b'.repeat(255)}`, 'b'.repeat(255), '', `s3://${'b'.repeat(255)}`],
  ])('reads %s', (given, bucket, prefix, url) => {
    expect(s3Place(given, undefined)).toEqual({ bucket, prefix, url, endpoint: undefined });
  });

  test.each([
    's3:',
    's3://',
    's3:///x',
    's3://ab',
    's3://-bucket',
    's3://bucket.',
    's3://..',
    's3://bück',
    `s3://${'b'.repeat(256)}`,
    's3://bucket//x',
    's3://bucket/../x',
    's3://bucket/a?b',
    's3://bucket?x',
    'http://bucket',
  ])('refuses %s', (url) => {
    expect(() => s3Place(url, undefined)).toThrow(expect.objectContaining({ code: 'refused' }));
  });

  test.each(['localhost:9000', 'ftp://host', ''])('refuses the endpoint %j', (endpoint) => {
    expect(() => s3Place('s3://bucket', endpoint)).toThrow(expect.objectContaining({ code: 'refused' }));
  });

  test('does not repeat a password, neither of a URL nor of an endpoint', async () => {
    await expect(openS3Store('s3://user:hidden@bucket/x')).rejects.toThrow(/^(?!.*hidden).*no user or password/);
    await expect(openS3Store('s3://bucket/x', { endpoint: 'http://user:hidden@host' })).rejects.toThrow(
      /^(?!.*hidden).*user or password/,
    );
  });
});
