import { plainText } from '@mipnet/text';

/** A line for the user, on stderr. It may quote untrusted names. */
export const say = (line: string): void => void process.stderr.write(`${plainText(line)}\n`);
