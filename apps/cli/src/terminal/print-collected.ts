import type { Collected } from '@mipnet/runs';
import { plainJson } from '@mipnet/text';
import { exitCode } from '../program/exit-code.js';
import { print } from './print.js';

/** Prints the outcome of a run: missing parts on stderr, the result on stdout. @returns the exit code */
export function printCollected(
  { document, text, warnings, incomplete }: Collected,
  json: boolean | undefined,
  say: (line: string) => void,
): number {
  warnings.forEach(say);
  if (json) process.stdout.write(plainJson(document));
  else print(text);
  return incomplete ? exitCode.incomplete : exitCode.done;
}
