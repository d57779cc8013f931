// Tested by ../model/subproblem-model.unit.test.ts.
import type { ObjectStore } from '@mipnet/object-store';
import { splitOf } from '../splits/registry.js';
import type { TrainingProblem } from '../problem/training-problem.js';

/** A MIP of a plan, by the divisions that lead to it. */
export interface NamedPart {
  /** `pair 3v8`, or `pair 3v8 > batch 0`; the name of the plan if it is not divided. */
  readonly name: string;
  readonly problem: TrainingProblem;
}

/**
 * The MIPs that a plan begins with: the parts of the first round of each division, in order. Parts of later rounds
 * depend on results.
 */
export async function* firstParts(
  store: ObjectStore,
  problem: TrainingProblem,
  path: readonly string[] = [],
): AsyncGenerator<NamedPart> {
  const [spec] = problem.splits;
  if (spec === undefined) {
    yield { name: path.join(' > ') || problem.name, problem };
    return;
  }
  const parts = await splitOf(spec).divide({ problem, spec, state: { round: 0 }, current: undefined, store });
  for (const part of parts) yield* firstParts(store, part, [...path, part.name]);
}
