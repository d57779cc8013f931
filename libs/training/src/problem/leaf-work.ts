import type { Accuracy } from '@mipnet/recursion';
import type { Incumbent } from './incumbent.js';

export interface LeafResult {
  readonly incumbent: Incumbent;
  /** If it is known without another pass over the rows. */
  readonly accuracy?: Accuracy;
}

/** What a leaf does, whatever it is. */
export interface LeafWork {
  /** An incumbent from another process, if it is a valid one of this leaf's problem. */
  recheck(incumbent: Incumbent): Promise<LeafResult | undefined>;
  solve(): Promise<LeafResult>;
}
