import type { VerifyReport, VerifyResult } from './verify-report.js';

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
  if (totals.accuracy !== null) lines.push(`  ${accuracies(report)}`);
  for (const result of results) {
    const { image, label, verdict, by, seconds, witness, reason } = result;
    const facts = [
      by === null ? verdict : `${verdict} by ${by}`,
      numbersOf(report, result),
      `${seconds.toFixed(1)} s`,
      typeof witness === 'string' ? witness : '',
      reason ?? '',
    ];
    lines.push(
      `  ${image === null ? 'property' : `image ${image} (class ${label})`}: ${facts.filter((fact) => fact !== '').join(', ')}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function accuracies({ totals, epsilon, norm }: VerifyReport): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
  const clean = `accuracy on these images ${percent(totals.accuracy!)}`;
  if (totals.certifiedAccuracy === null) return clean;
  const most = totals.certifiedAccuracy + totals.unresolved / totals.queries;
  const upTo = totals.unresolved > 0 ? `, at most ${percent(most)}` : '';
  return (
    `${clean}; certified accuracy (right, and proven robust ` +
    `at ${norm} ${epsilon}) ${percent(totals.certifiedAccuracy)}${upTo}`
  );
}

/** The meaning of the bound and the best value for this verdict, with their unit; empty if they have none. */
function numbersOf({ goal, unit }: VerifyReport, { verdict, bound, best, settled }: VerifyResult): string {
  const number = (value: number): string => value.toPrecision(4);
  if (goal === 'closest') {
    if (verdict === 'adversarial' && best !== null)
      return settled
        ? `nearest ${number(best)} (proven: at least ${number(bound ?? 0)})`
        : `nearest is open: between ${number(bound ?? 0)} and ${number(best)}`;
    if (verdict === 'robust' || verdict === 'unresolved')
      return bound === null || bound === 0 ? '' : `nothing within ${number(bound)} (proven)`;
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
