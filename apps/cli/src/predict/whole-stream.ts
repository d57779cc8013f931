import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { CliError } from '../program/cli-error.js';

/** What takes the pieces of a result in order. */
export interface Sink {
  write(piece: string | Uint8Array): Promise<void>;
  /** All pieces are there. @param head replaces the first bytes; files only */
  finish(head?: Uint8Array): Promise<void>;
  /** The result is not complete. */
  abandon(): Promise<void>;
}

/** The standard output; it waits for a reader that is slow. */
export function standardOutput(): Sink {
  return {
    write: async (piece) => {
      if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
    },
    finish: async () => undefined,
    abandon: async () => undefined,
  };
}

/** A file that appears under its name when it is complete, or not at all. */
export async function wholeFile(path: string): Promise<Sink> {
  const target = resolve(path);
  const draft = `${target}.${randomUUID()}.part`;
  const failed = (cause: unknown): CliError =>
    new CliError('failed', `${path} could not be written: ${(cause as Error).message}`, { cause });
  const file = await open(draft, 'wx').catch((cause: unknown) => {
    throw failed(cause);
  });
  const interrupted = (): never => {
    rmSync(draft, { force: true });
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  const leave = async (): Promise<void> => {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    await file.close().catch(() => undefined);
  };
  let position = 0;
  const put = async (piece: Uint8Array, at: number): Promise<void> => {
    for (let done = 0; done < piece.length;) {
      const { bytesWritten } = await file.write(piece, done, piece.length - done, at + done);
      done += bytesWritten;
    }
  };
  const tried = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (cause) {
      throw failed(cause);
    }
  };
  return {
    write: (piece) =>
      tried(async () => {
        const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
        await put(bytes, position);
        position += bytes.length;
      }),
    finish: (head) =>
      tried(async () => {
        if (head !== undefined) await put(head, 0);
        await leave();
        await rename(draft, target);
      }),
    abandon: async () => {
      await leave();
      await rm(draft, { force: true });
    },
  };
}
