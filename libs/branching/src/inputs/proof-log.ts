/**
 * Receives the tree of a proof while the search runs. Parts have numbers; 0 is the whole box. On a part, any group may
 * be excluded, which holds for all parts of it; a part with a group that is not excluded is divided. The proof is whole
 * if the search excludes every group.
 */
export interface ProofLog {
  /** Part `below` has the inputs with x[input] <= at, part `above` those with x[input] >= at. */
  readonly divide: (part: number, division: Division) => void;
  /**
   * Nowhere on the part are all outputs of the group at most 0: the sum of weights[r] * output r of the group has a
   * lower bound above 0 by backward substitution (CROWN) on the part's own box, with `crownBounds` on its units.
   */
  readonly exclude: (part: number, group: number, weights: readonly number[]) => void;
}

export interface Division {
  readonly input: number;
  readonly at: number;
  readonly below: number;
  readonly above: number;
}
