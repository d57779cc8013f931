import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';

/**
 * Writes a file all or nothing: it appears under its name when it is complete, so that a reader never sees half of it
 * and a full disk leaves nothing behind. Its folder has to be there.
 * @param mode of the file; in mipnet's own folders `privateFile`
 */
export async function writeWhole(path: string, content: string | Uint8Array, mode?: number): Promise<void> {
  const draft = `${path}.${randomUUID()}.part`;
  try {
    await writeFile(draft, content, { mode });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
