// Tested by registry.unit.test.ts.

/** What a fixed convolution asks for. */
export interface FilterShape {
  readonly filters: number;
  readonly channels: number;
  /** Side of the square filter. */
  readonly kernel: number;
}

/**
 * A kind of filters that no MIP trains: a pure function of their shape. It knows no data and draws nothing, so a plan
 * means the same filters everywhere.
 */
export interface FixedFilters {
  /** What the filters respond to, as the end of a sentence. */
  readonly about: string;
  /**
   * filters x channels x kernel x kernel, row-major.
   * @throws RangeError with the reason, if there are no such filters
   */
  readonly weights: (shape: FilterShape) => Float64Array;
}
