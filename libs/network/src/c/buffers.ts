/** Arrays that hold the outputs of layers while a later layer reads them. */
export interface Buffers {
  /** For each layer its buffer; undefined if it needs none. */
  readonly of: readonly (number | undefined)[];
  readonly sizes: readonly number[];
}

/**
 * Gives each layer a buffer for its output. A buffer is free again after the last layer that reads it, so that a chain
 * needs two.
 * @param sizes numbers that each layer gives; undefined: it needs no buffer
 * @param reads for each layer the layers whose buffers it reads
 */
export function assignBuffers(sizes: readonly (number | undefined)[], reads: readonly (readonly number[])[]): Buffers {
  const lastRead = new Map<number, number>();
  reads.forEach((sources, layer) => sources.forEach((source) => lastRead.set(source, layer)));
  const of: (number | undefined)[] = [];
  const lengths: number[] = [];
  const free: number[] = [];
  sizes.forEach((size, layer) => {
    if (size === undefined) of.push(undefined);
    else {
      const buffer = free.shift() ?? lengths.push(0) - 1;
      lengths[buffer] = Math.max(lengths[buffer], size);
      of.push(buffer);
    }
    for (const source of new Set(reads[layer])) {
      const buffer = of[source];
      if (buffer !== undefined && lastRead.get(source) === layer) free.push(buffer);
    }
  });
  return { of, sizes: lengths };
}
