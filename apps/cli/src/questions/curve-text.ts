import type { CurveReport, CurveRow } from './curve.js';
import { openText } from '@mipnet/verification';

/** The text output of `verify --epsilons`: a table of the distances, and one line per row. */
export function curveText({ epsilons, results, accuracy, norm, seconds }: CurveReport): string {
  const percent = (share: number): string => `${(100 * share).toFixed(2)}%`;
  const table = [
    ['EPSILON', 'CERTIFIED', 'ATTACK-FREE', 'ROBUST', 'ADVERSARIAL', 'UNRESOLVED'],
    ...epsilons.map((one) => [
      one.epsilon,
      percent(one.certifiedAccuracy),
      percent(one.attackFreeAccuracy),
      String(one.robust),
      String(one.adversarial),
      String(one.unresolved),
    ]),
  ];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  const what = results[0]?.row === null ? 'images' : 'rows';
  const right = Math.round(accuracy * results.length);
  return [
    ...table.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    ),
    `accuracy on these ${what} ${percent(accuracy)} (${right} of ${results.length}), norm ${norm}, ${seconds.toFixed(1)} s`,
    ...results.flatMap(linesOf),
    '',
  ].join('\n');
}

function linesOf(result: CurveRow): string[] {
  const {
    image,
    row,
    class: name,
    misclassified,
    robustUpTo,
    witnessAt,
    witness,
    openAt,
    open,
    bound,
    reason,
  } = result;
  const facts = misclassified
    ? ['misclassified']
    : [
        robustUpTo === null ? '' : `robust up to ${robustUpTo}`,
        witnessAt === null ? '' : `adversarial at ${witnessAt}`,
        openAt === null ? '' : `open at ${openAt}`,
        typeof witness === 'string' ? witness : '',
        reason ?? '',
      ];
  const line = `  ${row === null ? `image ${image}` : `row ${row}`} (class ${name}): ${facts.filter((fact) => fact !== '').join(', ')}`;
  return open === null ? [line] : [line, `    ${openText(open, { bound, reason, hasEpsilon: true })}`];
}
