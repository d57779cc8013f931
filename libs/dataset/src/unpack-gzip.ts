import { gunzipSync } from 'node:zlib';
import { DatasetError } from './dataset-error.js';
import { sizeText } from './read-regular-file.js';

/** Whether bytes are gzip. The name is not used, because files may be renamed. */
export const isGzip = (bytes: Uint8Array): boolean => bytes.length >= 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;

export interface UnpackLimit {
  /** Largest decompressed content, bytes. Two megabytes of gzip may hold two gigabytes. */
  readonly most: number;
  /** What the user can do about a damaged file, a sentence. */
  readonly fix: string;
}

/**
 * The content of a gzip file.
 * @param path names the file in errors
 * @throws DatasetError 'damaged' if it is corrupted or cut off, 'bad-input' if its content is larger than the limit
 */
export function unpackGzip(bytes: Uint8Array, path: string, { most, fix }: UnpackLimit): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: most });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      throw new DatasetError('bad-input', `${path} unpacks to more than ${sizeText(most)}, the most that is read`, {
        cause,
      });
    }
    const why = code === 'Z_BUF_ERROR' ? 'it is cut off' : 'its content is damaged';
    throw new DatasetError('damaged', `${path} is not a whole gzip file: ${why}. ${fix}`, { cause });
  }
}
