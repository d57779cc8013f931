/**
 * One split of a plan: its name, and its options beside it. What the options are stands with the split of that name.
 */
export interface SplitSpec {
  readonly name: string;
  /** Of splits that come in several kinds under one name. */
  readonly kind?: string;
  readonly [option: string]: unknown;
}

/** The splits that remain for the parts of the first one. */
export const innerSplits = (splits: readonly SplitSpec[]): readonly SplitSpec[] => splits.slice(1);
