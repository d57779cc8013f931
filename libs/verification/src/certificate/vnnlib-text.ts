import type { OutputRow, Query } from '../query.js';

/**
 * A query as a VNN-LIB property: its box, and one alternative per conjunction. A ball in the box, and choices of its
 * inputs, are left out: the property asks about more inputs.
 */
export function vnnlibText({ region: { box }, unsafe }: Query): string {
  const outputs = unsafe.flat()[0]?.coefficients.length ?? 0;
  const lines: string[] = [];
  box.lower.forEach((_, i) => lines.push(`(declare-const X_${i} Real)`));
  for (let j = 0; j < outputs; j++) lines.push(`(declare-const Y_${j} Real)`);
  box.lower.forEach((low, i) => {
    lines.push(`(assert (>= X_${i} ${low}))`, `(assert (<= X_${i} ${box.upper[i]}))`);
  });
  const alternatives = unsafe.map((conjunction) => `(and ${conjunction.map(rowText).join(' ')})`);
  lines.push(`(assert (or ${alternatives.join('\n            ')}))`);
  return lines.join('\n') + '\n';
}

function rowText({ coefficients, constant, strict }: OutputRow): string {
  const terms = [...coefficients.entries()]
    .filter(([, factor]) => factor !== 0)
    .map(([j, factor]) => (factor === 1 ? `Y_${j}` : `(* ${factor} Y_${j})`));
  const sum = [...terms, ...(constant === 0 && terms.length > 0 ? [] : [`${constant}`])];
  return `(${strict === true ? '>' : '>='} ${sum.length === 1 ? sum[0] : `(+ ${sum.join(' ')})`} 0)`;
}
