/** The losses of a fit; each is a file of model/objectives/losses. */
export const lossNames = ['hinge', 'zero-one', 'squared-hinge', 'max-score'] as const;
export type LossName = (typeof lossNames)[number];

/** A loss with margin rho, plus sparsity * sum |w|; or the refinements of a fit. */
export type Objective =
  | { readonly kind: 'fit'; readonly loss: LossName; readonly margin: number; readonly sparsity: number }
  | { readonly kind: 'margin' }
  | { readonly kind: 'sparsity'; readonly of?: 'weights' | 'neurons' };
