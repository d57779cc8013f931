import { plainText } from '@mipnet/text';

/** A name of megabytes in a file must not become a message of megabytes. Characters. */
const longest = 2000;

/** What the command says about an error: its message may quote a file or a server. What is too long to read is cut. */
export function errorLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return plainText(message.length > longest ? `${message.slice(0, longest)}...` : message);
}
