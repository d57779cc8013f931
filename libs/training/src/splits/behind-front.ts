// Tested by behind-front.unit.test.ts.
import { isChain, networkBefore, networkShapes, withoutPlace, type Layer, type Network } from '@mipnet/network';
import { firstFree } from '../problem/free-layers.js';
import type { Incumbent } from '../problem/incumbent.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { accuracyOn } from '../rows/accuracy.js';
import { materializeOnce } from '../rows/materialize-once.js';
import type { MergedRound, Round, Split } from './split.js';

/**
 * A split behind fixed convolutions: what stands before the first free layer runs once over the data, and the split
 * sees its outputs as the data and the rest as the network. So fixed layers are computed once per run, not once per
 * part, and may branch in front of a split that takes chains only. The merged network has the front again. A split that
 * frees one layer at a time does this by itself, round by round.
 */
export function behindFront(split: Split): Split {
  if (split.freesInTurn) return split;
  const { outline } = split;
  return {
    ...split,
    divide: async (round) => split.divide(await behind(round)),
    merge: async (round, parts) => merged(split, round, await behind(round), parts),
    ...(outline && { outline: (round) => outline({ ...round, problem: withoutFront(round.problem) }) }),
  };
}

async function merged(split: Split, round: Round, reduced: Round, parts: Parameters<Split['merge']>[1]) {
  const found = await split.merge(reduced, parts);
  if (reduced === round || !found.incumbent) return found;
  const { network } = found.incumbent;
  // On the stored outputs: through the front it would take as long as the front itself.
  const accuracy = found.accuracy ?? (await accuracyOn(round.store, reduced.problem, network));
  const incumbent: Incumbent = { ...found.incumbent, network: withFront(round.problem, network) };
  return { ...found, incumbent, accuracy } satisfies MergedRound;
}

/** The round itself if there is no such front. */
async function behind(round: Round): Promise<Round> {
  const { problem, current, store, threads } = round;
  const first = firstFree(problem);
  if (!hasFront(problem)) return round;
  const frozen = networkBefore(problem.network, first);
  const data = await materializeOnce(store, problem.dataset, problem.view, frozen, threads);
  return {
    ...round,
    problem: { ...withoutFront(problem), dataset: data.dataset, view: data.view },
    current: current && { ...current, network: cut(current.network, first, data.inputShape) },
  };
}

/** Whether the layers before the first free one are worth an own data set, or branch. */
function hasFront({ network, free }: TrainingProblem): boolean {
  const front = network.layers.slice(0, firstFree({ free }));
  return front.some(({ kind }) => kind === 'conv2d') || !isChain({ layers: front });
}

function withoutFront(problem: TrainingProblem): TrainingProblem {
  if (!hasFront(problem)) return problem;
  const first = firstFree(problem);
  const before = networkBefore(problem.network, first);
  const inputShape = networkShapes(before).at(-1) ?? before.inputShape;
  return { ...problem, network: cut(problem.network, first, inputShape), free: problem.free.slice(first) };
}

const cut = (network: Network, first: number, inputShape: Network['inputShape']): Network => ({
  ...network,
  inputShape,
  layers: network.layers.slice(first).map(withoutPlace),
});

/** The first layer behind the front reads what the problem's first free layer reads. */
function withFront({ network, free }: TrainingProblem, { layers: [head, ...others], ...rest }: Network): Network {
  const first = firstFree({ free });
  const { name, from } = network.layers[first];
  const placed: Layer = { ...head, ...(name === undefined ? {} : { name }), ...(from === undefined ? {} : { from }) };
  return { ...rest, inputShape: network.inputShape, layers: [...network.layers.slice(0, first), placed, ...others] };
}
