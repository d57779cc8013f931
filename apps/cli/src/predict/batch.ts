/** Rows on their way to the network. */
export interface Batch {
  /** count x inputs, row-major. */
  readonly inputs: Float32Array;
  readonly count: number;
  /** The cells that the rows have in their table. */
  readonly cells?: readonly (readonly string[])[];
}

/** Where rows come from. */
export interface RowSource {
  /** Rows, if that is known before they are read. */
  readonly count?: number;
  /** The columns of a table, and what separates them. */
  readonly table?: { readonly columnNames: readonly string[]; readonly hasHeader: boolean; readonly delimiter: string };
  batches(most: number): AsyncGenerator<Batch>;
  /** What to say when all rows are read. */
  notes(): string[];
}
