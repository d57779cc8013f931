import { plainText } from '@mipnet/text';
import { wrappedText } from './wrapped-text.js';

/** The result of a command as text, on stdout. It may quote untrusted names. */
export const print = (text: string): void => void process.stdout.write(wrappedText(plainText(text), process.stdout));
