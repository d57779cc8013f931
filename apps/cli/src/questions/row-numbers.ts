import { CliError } from '../program/cli-error.js';

/** How rows are asked for, for messages. */
export interface AskedRows {
  /** Of the command. */
  readonly option: '--images' | '--rows';
  readonly noun: 'image' | 'row';
  /** All that there are. */
  readonly count: number;
}

/**
 * `0..99` (both ends), `3,5,8`, or both mixed: numbers of images or rows in the order given.
 * @throws CliError 'bad-input'
 */
export function rowNumbers(text: string, { option, noun, count }: AskedRows): number[] {
  const refuse = (why: string): never => {
    throw new CliError(
      'bad-input',
      `${option} ${text}: ${why}; give numbers from 0 to ${count - 1}, such as 0..99 or 3,5,8`,
    );
  };
  return text.split(',').flatMap((part) => {
    const match = /^\s*(\d+)(?:\.\.(\d+))?\s*$/.exec(part) ?? refuse(`'${part}' is neither a number nor a range`);
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first) refuse(`the range ${part} runs backwards`);
    if (last >= count) refuse(`there is no ${noun} ${last} among ${count}`);
    return Array.from({ length: last - first + 1 }, (_, k) => first + k);
  });
}
