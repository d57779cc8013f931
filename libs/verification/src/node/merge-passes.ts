import { differenceOf, type SettledBy, type Verdict } from '../verdict.js';
import { joined } from '../verify-property.js';
import type { Answer } from './answer.js';
import type { OpenClass } from './verification-problem.js';

/**
 * The answer to a question after long passes at groups of its undecided classes. The question is robust if every class
 * is; a witness of one class is a witness of the question. No earlier result is lost.
 * @param passes one per group; undefined for a group without a result
 */
export function mergePasses(
  before: Answer,
  groups: readonly (readonly OpenClass[])[],
  passes: readonly (Answer | undefined)[],
  goal: 'any' | 'closest',
): Answer {
  const known = passes.flatMap((pass) => pass ?? []);
  const open = groups.flatMap((group, at) => passes[at]?.open ?? group);
  const settledBound = known.reduce<number | null>(
    (least, pass) => leastOf(least, pass.settledBound),
    before.settledBound,
  );
  const boundOf = (pass: Answer | undefined): number | null =>
    highestOf(before.verdict.bound, pass?.verdict.bound ?? null);
  const bound = highestOf(
    before.verdict.bound,
    groups.reduce<number | null>((least, _, at) => leastOf(least, boundOf(passes[at])), before.settledBound),
  );
  // Gives the seconds, the nearest point so far, and a witness.
  const all = known.reduce<Verdict>((sum, { verdict }) => joined(sum, verdict), before.verdict);
  const failed = known.some((pass) => pass.failed);
  const reason = known.find(({ verdict }) => verdict.reason !== undefined)?.verdict.reason;
  const told = (verdict: Pick<Verdict, 'verdict' | 'by'>, left: readonly OpenClass[]): Answer => ({
    name: before.name,
    label: before.label,
    closed: before.closed,
    open: left,
    settledBound,
    verdict: {
      ...all,
      ...verdict,
      bound,
      gap: differenceOf(all.best, bound),
      reason: left.length > 0 ? reason : undefined,
    },
    ...(failed && left.length > 0 ? { failed: true as const } : {}),
  });
  if (all.verdict === 'misclassified') return told(all, []);
  if (all.witness !== undefined) return told(all, goal === 'any' ? [] : open);
  return open.length === 0
    ? told({ verdict: 'robust', by: hardestOf(known.map(({ verdict }) => verdict.by)) }, [])
    : told({ verdict: 'unresolved', by: null }, open);
}

/** From cheap to expensive: a question is decided by the most expensive step that any of its classes needed. */
const steps: readonly (SettledBy | null)[] = ['empty region', 'bounds', 'branching', 'mip'];
const hardestOf = (by: readonly (SettledBy | null)[]): SettledBy | null =>
  steps[Math.max(-1, ...by.map((step) => steps.indexOf(step)))] ?? null;

export const leastOf = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? null : Math.min(one, other);
const highestOf = (one: number | null, other: number | null): number | null =>
  one === null ? other : other === null ? one : Math.max(one, other);
