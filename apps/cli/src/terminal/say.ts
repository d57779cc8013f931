import { plainText } from '@mipnet/text';

/** A line for a person, on stderr. It may quote names that other people chose. */
export const say = (line: string): void => void process.stderr.write(`${plainText(line)}\n`);
