/** How many questions of a verification ended in which way. */
export interface VerdictCounts {
  readonly robust: number;
  readonly adversarial: number;
  readonly misclassified: number;
  readonly unresolved: number;
}

export const noVerdicts: VerdictCounts = { robust: 0, adversarial: 0, misclassified: 0, unresolved: 0 };

export const addVerdicts = (a: VerdictCounts, b: VerdictCounts): VerdictCounts => ({
  robust: a.robust + b.robust,
  adversarial: a.adversarial + b.adversarial,
  misclassified: a.misclassified + b.misclassified,
  unresolved: a.unresolved + b.unresolved,
});

export const countQuestionsIn = (counts: VerdictCounts): number =>
  counts.robust + counts.adversarial + counts.misclassified + counts.unresolved;
