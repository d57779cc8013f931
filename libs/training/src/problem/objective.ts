/** The losses of a fit; each is a file of model/objectives/losses. */
export const lossNames = ['hinge', 'zero-one', 'squared-hinge', 'max-score'] as const;
export type LossName = (typeof lossNames)[number];

/** cost * loss with margin rho, plus sparsity * sum |w|. */
export interface Fit {
  readonly kind: 'fit';
  readonly loss: LossName;
  readonly margin: number;
  readonly sparsity: number;
  /** @default 1 */
  readonly cost?: number;
  /** Which weights the sparsity counts: those of all free layers, or of the last one. @default all */
  readonly of?: 'outputs';
}

/** A fit, or its refinements. */
export type Objective =
  Fit | { readonly kind: 'margin' } | { readonly kind: 'sparsity'; readonly of?: 'weights' | 'neurons' };
