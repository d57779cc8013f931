import { plainLine } from './plain-text.js';

/** Wider matrices do not fit into a terminal. */
const mostClasses = 12;
/** Longer names are cut. */
const mostLetters = 12;

/**
 * A confusion matrix for a terminal: a line per true class, a column per predicted class; empty for more than 12
 * classes.
 * @param counts classes x classes: the row is the true class, the column the predicted one
 */
export function confusionText(classes: readonly string[], counts: readonly (readonly number[])[]): readonly string[] {
  if (classes.length > mostClasses) return [];
  const short = classes
    .map(plainLine)
    .map((name) => (name.length > mostLetters ? `${name.slice(0, mostLetters - 1)}~` : name));
  const head = Math.max(...short.map((name) => name.length), 'true'.length);
  const width = Math.max(...short.map((name) => name.length), ...counts.flat().map((count) => String(count).length));
  const line = (name: string, cells: readonly (string | number)[]): string =>
    `${name.padEnd(head)}  ${cells.map((cell) => String(cell).padStart(width)).join('  ')}`;
  return [line('true', short), ...short.map((name, row) => line(name, counts[row]))];
}
