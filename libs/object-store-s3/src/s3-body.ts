// Tested by s3-store.int.test.ts.
import { setTimeout as pause } from 'node:timers/promises';
import { ObjectStoreError } from '@mipnet/object-store';

/** The bytes of an answer did not arrive whole or unchanged; asking again may help. */
export class TransferError extends Error {
  override readonly name = 'TransferError';
}

/**
 * Reads a body of known length; a checksum that the server sent is verified by the stream itself.
 * @throws TransferError when it ends early, is longer, breaks, stalls or does not match its checksum
 */
export async function readBody(body: unknown, length: number | undefined): Promise<Uint8Array> {
  if (length === undefined) throw new TransferError('the answer has no length');
  const bytes = new Uint8Array(length);
  let filled = 0;
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      if (filled + chunk.length > length) throw new Error(`more than ${length} bytes came`);
      bytes.set(chunk, filled);
      filled += chunk.length;
    }
  } catch (cause) {
    throw new TransferError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
  if (filled !== length) throw new TransferError(`${filled} of ${length} bytes came`);
  return bytes;
}

const FIRST_PAUSE_MILLISECONDS = 50;

/**
 * Repeats an operation while `again` says that its error may be temporary. The SDK retries a request until its answer
 * begins; this covers the rest of the answer, and uploads that arrive damaged.
 */
export async function repeat<T>(
  attempts: number,
  again: (error: unknown) => boolean,
  operation: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation();
    } catch (error) {
      if (attempt >= attempts || !again(error)) throw error;
      await pause(FIRST_PAUSE_MILLISECONDS * 2 ** (attempt - 1) * (1 + Math.random()));
    }
  }
}

/** The last error of the attempts to read an object. */
export function transferFailure(storeUrl: string, key: string, error: TransferError): ObjectStoreError {
  if (/checksum/i.test(error.message)) {
    return new ObjectStoreError(
      'damaged',
      `object ${key} in ${storeUrl} does not match the checksum its server keeps, also after retries; run ` +
        'the same plan again, which writes it again',
      { cause: error },
    );
  }
  return new ObjectStoreError(
    'unavailable',
    `object ${key} in ${storeUrl} does not arrive whole, also after retries (${error.message}); check the ` +
      'network and run again',
    { cause: error },
  );
}
