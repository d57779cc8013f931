// Tested by certified-points.unit.test.ts.
import type { CertifiedPoint } from '@mipnet/report';
import type { VerdictName } from '@mipnet/verification';

/** The verdicts of one verification for one distance. */
export interface DistanceVerdicts {
  readonly epsilon: number;
  readonly verdicts: ReadonlyMap<string, VerdictName>;
}

/**
 * Certified accuracy over epsilon, from verifications of one network that ask about the same rows. The rows are those
 * of the verification with most of them. A row that was not asked for a distance counts by what other distances say: a
 * proof holds for smaller ones, a witness for larger ones.
 */
export function certifiedPoints(runs: readonly DistanceVerdicts[], series?: string): readonly CertifiedPoint[] {
  const [most] = runs.toSorted((one, other) => other.verdicts.size - one.verdicts.size);
  if (most === undefined) return [];
  const rows = [...most.verdicts.keys()];
  const about = runs.filter(({ verdicts }) => [...verdicts.keys()].some((row) => most.verdicts.has(row)));
  const has = (row: string, verdict: VerdictName, isAt: (epsilon: number) => boolean): boolean =>
    about.some(({ epsilon, verdicts }) => verdicts.get(row) === verdict && isAt(epsilon));
  const isWrong = (row: string): boolean => has(row, 'misclassified', () => true);
  const share = (counts: (row: string) => boolean): number => rows.filter(counts).length / rows.length;
  const distances = [...new Set([0, ...about.map(({ epsilon }) => epsilon)])].sort((one, other) => one - other);
  return distances.map((epsilon) => ({
    epsilon,
    certified: share((row) => !isWrong(row) && (epsilon === 0 || has(row, 'robust', (at) => at >= epsilon))),
    attackFree: share((row) => !isWrong(row) && !has(row, 'adversarial', (at) => at <= epsilon)),
    ...(series === undefined ? {} : { series }),
  }));
}
