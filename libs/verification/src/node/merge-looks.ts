import { differenceOf, type SettledBy, type Verdict } from '../verdict.js';
import { joined } from '../verify-property.js';
import type { Answer } from './answer.js';
import type { OpenClass } from './verification-problem.js';

/**
 * What is known about a question after closer looks at groups of its open classes. The question is robust when every
 * class is; a witness of one class is one of the question. Nothing that was known is lost.
 * @param looks one for each group; undefined for a group that nobody looked at
 */
export function mergeLooks(
  before: Answer,
  groups: readonly (readonly OpenClass[])[],
  looks: readonly (Answer | undefined)[],
  goal: 'any' | 'closest',
): Answer {
  const known = looks.flatMap((look) => look ?? []);
  const open = groups.flatMap((group, at) => looks[at]?.open ?? group);
  const settledBound = known.reduce<number | null>(
    (least, look) => leastOf(least, look.settledBound),
    before.settledBound,
  );
  const boundOf = (look: Answer | undefined): number | null =>
    highestOf(before.verdict.bound, look?.verdict.bound ?? null);
  const bound = highestOf(
    before.verdict.bound,
    groups.reduce<number | null>((least, _, at) => leastOf(least, boundOf(looks[at])), before.settledBound),
  );
  // For seconds, the nearest point that was seen, and a witness.
  const all = known.reduce<Verdict>((sum, { verdict }) => joined(sum, verdict), before.verdict);
  const failed = known.some((look) => look.failed);
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

/** From cheap to dear: a question is settled by the dearest step that any of its classes needed. */
const steps: readonly (SettledBy | null)[] = ['empty region', 'bounds', 'branching', 'mip'];
const hardestOf = (by: readonly (SettledBy | null)[]): SettledBy | null =>
  steps[Math.max(-1, ...by.map((step) => steps.indexOf(step)))] ?? null;

export const leastOf = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? null : Math.min(one, other);
const highestOf = (one: number | null, other: number | null): number | null =>
  one === null ? other : other === null ? one : Math.max(one, other);
