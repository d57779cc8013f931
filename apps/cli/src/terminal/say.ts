import { plainText } from '@mipnet/text';
import { wrappedText } from './wrapped-text.js';

/** A line for the user, on stderr. It may quote untrusted names. */
export const say = (line: string): void =>
  void process.stderr.write(`${wrappedText(plainText(line), process.stderr)}\n`);
