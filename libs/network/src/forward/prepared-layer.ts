/** One layer made ready to run over a batch: weights already in the order in which the loops read them. */
export interface PreparedLayer {
  /** Size of one output. */
  readonly outputs: number;
  /** Reads `count` inputs one after the other, writes `count` outputs one after the other. Must not read `output`. */
  readonly run: (input: Float64Array, output: Float64Array, count: number) => void;
}
