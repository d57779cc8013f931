import { transformationNote } from '@mipnet/runs/here';
import { changesText } from './changes.js';
import type { VerifyReport, VerifyResult } from './verify-report.js';
import { openText } from '@mipnet/verification';

/** The text output of `verify`: counts, the accuracies that papers quote, and one line per question. */
export function summaryOf(report: VerifyReport): string {
  const { totals, results } = report;
  const counts = (['robust', 'adversarial', 'misclassified', 'unresolved'] as const)
    .map((name) => `${totals[name]} ${name}`)
    .join(', ');
  const lines = [
    `${counts} of ${totals.queries} in ${totals.seconds.toFixed(1)} ` +
      `s${totals.reused > 0 ? `, ${totals.reused} of them known before` : ''}`,
  ];
  if (report.transformation !== undefined) lines.push(`  ${transformationNote(report.network)}`);
  if (totals.accuracy !== null) lines.push(`  ${accuracies(report)}`);
  for (const result of results) {
    const { class: name, verdict, by, seconds, witness, changes, reason, open, bound } = result;
    const facts = [
      by === null ? verdict : `${verdict} by ${by}`,
      numbersOf(report, result),
      changes === undefined ? '' : changesText(changes),
      `${seconds.toFixed(1)} s`,
      typeof witness === 'string' ? witness : '',
      reason ?? '',
    ];
    lines.push(
      `  ${name === null ? 'property' : `${nameOf(result)} (class ${name})`}: ${facts.filter((fact) => fact !== '').join(', ')}`,
    );
    if (open !== null)
      lines.push(`    ${openText(open, { bound, reason, hasEpsilon: report.property === undefined })}`);
  }
  return `${lines.join('\n')}\n`;
}

const nameOf = ({ image, row }: VerifyResult): string => (row === null ? `image ${image}` : `row ${row}`);

const shortEpsilon = (epsilon: VerifyReport['epsilon']): string =>
  typeof epsilon === 'number' ? String(Number(epsilon.toPrecision(4))) : String(epsilon);

/** `certified accuracy 60.00% (12 of 20)`, as papers quote it. */
function accuracies({ totals, results, epsilon, norm }: VerifyReport): string {
  const { queries, accuracy, certifiedAccuracy, attackFreeAccuracy } = totals;
  const share = (part: number): string => `${(100 * part).toFixed(2)}% (${Math.round(part * queries)} of ${queries})`;
  const what = results[0]?.row === null ? 'images' : 'rows';
  const clean = `accuracy on these ${what} ${share(accuracy!)}`;
  if (certifiedAccuracy === null || attackFreeAccuracy === null) return clean;
  return (
    `certified accuracy ${share(certifiedAccuracy)} at ${norm} ${shortEpsilon(epsilon)}, attack-free accuracy ` +
    `${share(attackFreeAccuracy)}, ${clean}`
  );
}

/** The meaning of the bound and the best value for this verdict, with their unit; empty if they have none. */
function numbersOf({ goal, unit }: VerifyReport, { verdict, bound, best, settled }: VerifyResult): string {
  const number = (value: number): string => value.toPrecision(4);
  const distance = unit === 'sd' ? ' sd' : unit === 'epsilon' ? ' epsilon' : '';
  if (goal === 'closest') {
    if (verdict === 'adversarial' && best !== null)
      return settled
        ? `nearest ${number(best)}${distance} (proven: at least ${number(bound ?? 0)})`
        : `nearest is open: between ${number(bound ?? 0)} and ${number(best)}${distance}`;
    if (verdict === 'robust' || verdict === 'unresolved')
      return bound === null || bound === 0 ? '' : `nothing within ${number(bound)}${distance} (proven)`;
    return '';
  }
  if (verdict === 'robust') return bound === null ? '' : `margin at least ${number(bound)} ${unit}`;
  if (verdict !== 'unresolved') return '';
  const known = [
    bound === null ? '' : `at least ${number(bound)} (proven)`,
    best === null ? '' : `at most ${number(best)} (seen)`,
  ].filter((fact) => fact !== '');
  return known.length === 0 ? '' : `margin ${known.join(' and ')} ${unit}`;
}
