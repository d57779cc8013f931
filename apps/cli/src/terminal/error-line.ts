import { plainText } from '@mipnet/text';

/** Longest message, in characters: a name of megabytes in a file must not become a message of megabytes. */
const longest = 2000;

/**
 * The line that the command prints for an error. The message may quote a file or a server, so it is cut to a readable
 * length.
 */
export function errorLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return plainText(message.length > longest ? `${message.slice(0, longest)}...` : message);
}
