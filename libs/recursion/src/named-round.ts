/** What a round of a node is, for people. */
export interface NamedRound {
  /** `layer 1 of 2: conv, 64 filters`, `round 3 of 10` */
  readonly name: string;
  /** Which of the node's rounds, from 1. */
  readonly at: number;
  /** How many rounds there can be. */
  readonly of: number;
}
