/** The splits of a plan with their options. What each option does stands with the split of that name and kind. */
export type SplitSpec = { readonly name: 'pairs' } | HardestFirstSpec | ConsensusSpec | NeuronsSpec | LayersSpec;

export interface LayersSpec {
  readonly name: 'layers';
  /** Descents through all layers after the construction. */
  readonly cycles: number;
  /** What is free at a time in the descent: each layer, or all but the last and then the last. */
  readonly blocks: 'single' | 'two';
}

export interface HardestFirstSpec {
  readonly name: 'batches';
  readonly kind: 'hardest-first';
  /** Rows of each class in the first round. */
  readonly start: number;
  /** Rows that join in each later round. */
  readonly add: number;
  readonly rounds: number;
}

export interface ConsensusSpec {
  readonly name: 'batches';
  readonly kind: 'consensus';
  /** Rows of a batch, or how many batches; one of them. */
  readonly size?: number;
  readonly count?: number;
  readonly rounds: number;
}

export interface NeuronsSpec {
  readonly name: 'neurons';
  /** Rows of each of the two classes that a neuron is to tell apart. */
  readonly samples: number;
  /** Of the neuron's own fit: the margin of its hinge loss, and the added weight of sum |w|. */
  readonly margin: number;
  readonly sparsity: number;
}

/** Of the splits still to be made, those after the first. */
export const innerSplits = (splits: readonly SplitSpec[]): readonly SplitSpec[] => splits.slice(1);
