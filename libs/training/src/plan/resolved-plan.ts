import { TrainingError } from '../problem/training-error.js';
import { describeIssue } from './describe-issue.js';
import { checkedPlan } from './parse-plan.js';
import { splitText } from './plan-text.js';
import { planSchema, type Plan } from './plan-schema.js';

/**
 * A plan with every default, as `parsePlan` gave it, read back from JSON that other people or versions may have
 * written. It is checked like a plan file.
 * @param source what the document is called in an error
 * @throws TrainingError 'plan'
 */
export function readResolvedPlan(value: unknown, source: string): Plan {
  const document = withSplitsAsWritten(value);
  const checked = planSchema.safeParse(document);
  if (!checked.success) {
    throw new TrainingError('plan', `${source}: ${describeIssue(planSchema, document, checked.error.issues[0])}`);
  }
  return checkedPlan(checked.data, source);
}

/** The schema reads splits as people write them: `pairs`, `{batches: {...}}`. */
function withSplitsAsWritten(value: unknown): unknown {
  const { splits } = (value ?? {}) as { splits?: unknown };
  if (!Array.isArray(splits)) return value;
  const isSplit = (split: unknown): split is Plan['splits'][number] =>
    typeof (split as { name?: unknown } | null)?.name === 'string';
  return { ...(value as object), splits: splits.map((split: unknown) => (isSplit(split) ? splitText(split) : split)) };
}
