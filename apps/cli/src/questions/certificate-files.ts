import { isGzip, readRegularFile, unpackGzip } from '@mipnet/dataset/stored';

/** Bytes: parsed, a text may take twenty times as much memory. */
const most = 2 ** 26;

/** The content of a file, unpacked if it is gzip. */
export async function readWhole(file: string, what: string): Promise<Uint8Array> {
  const bytes = await readRegularFile(file, { most, what });
  return isGzip(bytes) ? unpackGzip(bytes, file, { most, fix: 'Get it again.' }) : bytes;
}
