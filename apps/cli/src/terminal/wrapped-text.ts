import { mipnetCommand } from '@mipnet/text';

/** What a line of text is written to; a pipe has no columns. */
interface Place {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * Text for a terminal: lines that are wider than it break between words and continue below their value. Everything else
 * stays as it is: text for pipes and files, rows of a table, and lines that are a path or a command, because a
 * terminal copies those whole. So does a command in quotes inside a line.
 */
export function wrappedText(text: string, { isTTY = false, columns = 0 }: Place): string {
  if (!isTTY || columns < narrowest) return text;
  return text
    .split('\n')
    .flatMap((line) => (line.length <= columns ? [line] : wrappedLine(line, columns)))
    .join('\n');
}

/** Columns. Words have no room beside a label in fewer. */
const narrowest = 40;

function wrappedLine(line: string, columns: number): readonly string[] {
  // `accuracy     87.50% on ...`: a label, and spaces up to its value
  const label = /^(?:\S+(?: \S+){0,3} {2,}|\s+)/.exec(line)?.[0] ?? '';
  const value = line.slice(label.length);
  const isTable = / {2}/.test(value);
  if (isTable || value.startsWith(mipnetCommand())) return [line];
  const indent = ' '.repeat(label.length || 2);
  const lines: string[] = [];
  for (const word of value.match(/"[^"]*"\S*|\S+/g) ?? []) {
    const last = lines.at(-1);
    if (last === undefined) lines.push(label + word);
    else if (last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(indent + word);
  }
  return lines;
}
