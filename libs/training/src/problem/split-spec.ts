/** One split of a plan: its name and its options. The split of that name defines the options. */
export interface SplitSpec {
  readonly name: string;
  /** Of splits that come in several kinds under one name. */
  readonly kind?: string;
  readonly [option: string]: unknown;
}

/** The splits that remain for the parts of the first one. */
export const innerSplits = (splits: readonly SplitSpec[]): readonly SplitSpec[] => splits.slice(1);
