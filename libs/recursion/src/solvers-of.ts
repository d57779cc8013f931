import type { Solved } from './node.js';

/** The solvers of all parts, each once, in the order of the parts; nothing if none is known. */
export function solversOf(parts: readonly (Pick<Solved, 'solvers'> | undefined)[]): Pick<Solved, 'solvers'> {
  const solvers = [...new Set(parts.flatMap((part) => part?.solvers ?? []))];
  return solvers.length === 0 ? {} : { solvers };
}
