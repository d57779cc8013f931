import type { AffineLayer, Network } from '@mipnet/network';
import type { ObjectStore } from '@mipnet/object-store';
import { statusOf, type Incumbent } from '../problem/incumbent.js';
import type { Previous, TrainingProblem } from '../problem/training-problem.js';
import { getIncumbent } from '../problem/documents.js';
import { readTraces, type RoundTrace } from './trace.js';

// A run can go on from the result of an earlier one of the same problem (its rows, objectives and domains), with other
// limits. The problem then names that result, and its parts name theirs as far as they are the same problems again.

/**
 * The same problem, to be gone on with: it begins with the earlier network where that is one of its own shape (pairs
 * make one that is not), and will not end worse.
 */
export async function withPrevious(
  store: ObjectStore,
  problem: TrainingProblem,
  { incumbent, trace }: Previous,
): Promise<TrainingProblem> {
  if (!incumbent) return problem;
  const { network } = await getIncumbent(store, incumbent);
  const isOwn = sameShape(network, problem.network);
  return {
    ...problem,
    ...(isOwn ? { network: { ...problem.network, layers: network.layers } } : {}),
    previous: { incumbent, ...(trace ? { trace } : {}) },
  };
}

const sameShape = (a: Network, b: Network): boolean =>
  a.layers.length === b.layers.length &&
  a.layers.every((layer, index) => {
    const other = b.layers[index];
    return (
      layer.kind === other.kind &&
      (!('weights' in layer) || layer.weights.length === (other as AffineLayer).weights.length)
    );
  });

/** The last round of the earlier run. */
export const previousRound = async (
  store: ObjectStore,
  { previous }: Pick<TrainingProblem, 'previous'>,
): Promise<RoundTrace | undefined> => previous && (await readTraces(store, previous)).at(-1);

/** The earlier results of parts that do not depend on anything solved before them, by the parts' names. */
export async function previousParts(
  store: ObjectStore,
  { previous }: Pick<TrainingProblem, 'previous'>,
): Promise<ReadonlyMap<string, Previous>> {
  const last = await previousRound(store, { previous });
  return new Map(last?.parts.flatMap((part) => (part?.incumbent ? [[part.name, part] as const] : [])));
}

/** The incumbent of an earlier run of the same problem. */
export const previousIncumbent = async (
  store: ObjectStore,
  { previous }: TrainingProblem,
): Promise<Incumbent | undefined> => previous?.incumbent && getIncumbent(store, previous.incumbent);

/** What a node found, or the incumbent of the earlier run where that is better. */
export const notWorse = async (
  store: ObjectStore,
  problem: TrainingProblem,
  found: Incumbent | null,
): Promise<Incumbent | null> => betterOf(found, await previousIncumbent(store, problem));

/**
 * The better of two incumbents of one problem, with the better of their bounds: both are proven. Objectives that cover
 * different parts of the problem are not compared: the incumbent that covers more is the better one, and of two that
 * cover as much the one that was just found, which began with the earlier.
 */
export function betterOf(found: Incumbent | null, earlier: Incumbent | undefined): Incumbent | null {
  if (!earlier) return found;
  if (!found) return earlier;
  if (found.covers || earlier.covers) return shareOf(earlier) > shareOf(found) ? earlier : found;
  const best = found.objective <= earlier.objective ? found : earlier;
  const bounds = [found.bound, earlier.bound].filter((bound) => bound !== null);
  if (bounds.length === 0) return best;
  const bound = Math.min(Math.max(...bounds), best.objective);
  return { ...best, bound, status: statusOf(best.objective, bound) };
}

const shareOf = ({ covers }: Incumbent): number => (covers ? covers.parts / covers.of : 1);
