import { availableParallelism } from 'node:os';
import { isAffine, networkBefore, outputSize, type Network } from '@mipnet/network';
import type { ObjectStore } from '@mipnet/object-store';
import { freeSpan } from '../model/free-span.js';
import { firstFree } from '../problem/free-layers.js';
import { samplesPerRow } from '../rows/copies.js';
import { splitOf } from '../splits/registry.js';
import type { TrainingProblem } from '../problem/training-problem.js';

/** Leaves that are alike: they come from the same splits of the same layers. */
export interface LeafGroup {
  /** The divisions that lead to the leaves: `layer 0 > neurons`, `pairs > batches`. */
  readonly path: string;
  count: number;
  /** How many of them depend on results of other MIPs: their number and size are upper estimates. */
  estimated: number;
  /** How many of them belong to rounds that a run may skip. */
  optional: number;
  /** Sum over the leaves of samples x inputs; the size of a MIP is proportional to it. */
  cells: number;
  /** The same over the leaves that a run cannot skip. */
  certainCells: number;
  /** The leaf with the most cells, and a median one of the known leaves; undefined if none is known. */
  largest: { readonly problem: TrainingProblem; readonly cells: number };
  known: TrainingProblem[];
  /** The layers in front of the leaves' layers, if a split by layers has cut them off. */
  readonly frozen: Network;
}

/** What a plan divides into, before anything is solved. */
export interface TreeOutline {
  readonly groups: readonly LeafGroup[];
  /** Nodes that are divided, rounds counted once. */
  readonly nodes: number;
  /** One entry for the largest division of each depth. */
  readonly widest: readonly Division[];
}

/** What is known of the leaves below a node. */
interface Certainty {
  /** They depend on results of other MIPs. */
  readonly estimated: boolean;
  /** A run may skip their round. */
  readonly optional: boolean;
}

/** One round of one node. */
export interface Division {
  readonly name: string;
  readonly parts: number;
  /** Whether the parts are MIPs; otherwise they are divided again. */
  readonly leaves: boolean;
}

/**
 * Divides a problem down to the leaves, as a run would. First rounds are really divided. The parts of a later round
 * depend on the results of the rounds before it; their split outlines them, and they count as estimated. All rounds
 * count, even those that a run may skip.
 * @param threads how many may run frozen layers over the data, whose outputs a run then takes from the store
 */
export async function outlineTree(
  store: ObjectStore,
  root: TrainingProblem,
  threads = availableParallelism(),
): Promise<TreeOutline> {
  const groups = new Map<string, LeafGroup>();
  const widest: Division[] = [];
  let nodes = 0;

  const leaf = (
    problem: TrainingProblem,
    path: string,
    times: number,
    { estimated, optional }: Certainty,
    frozen: Network,
  ): void => {
    const cells = cellsOf(problem);
    const group = groups.get(path) ?? {
      path,
      count: 0,
      estimated: 0,
      optional: 0,
      cells: 0,
      certainCells: 0,
      largest: { problem, cells },
      known: [],
      frozen,
    };
    groups.set(path, group);
    group.count += times;
    group.cells += times * cells;
    if (optional) group.optional += times;
    else group.certainCells += times * cells;
    if (estimated) group.estimated += times;
    else group.known.push(problem);
    if (cells > group.largest.cells) group.largest = { problem, cells };
  };

  const visit = async (
    problem: TrainingProblem,
    path: readonly string[],
    times: number,
    certainty: Certainty,
    frozen: Network,
  ): Promise<void> => {
    const [spec] = problem.splits;
    if (spec === undefined) return leaf(problem, path.join(' > ') || 'the whole problem', times, certainty, frozen);
    nodes += times;
    const split = splitOf(spec);
    const rounds = split.rounds?.(problem, spec) ?? 1;
    // Rounds of the same shape are divided once and counted with their number.
    const looked = split.freesInTurn ? [...Array(rounds).keys()] : rounds > 1 ? [0, rounds - 1] : [0];
    for (const round of looked) {
      const state = { round };
      const known = round === 0 && !certainty.estimated;
      const parts =
        known || !split.outline
          ? await split.divide({ problem, spec, state, current: undefined, store, threads })
          : split.outline({ problem, spec, state });
      const depth = path.length;
      const division: Division = { name: problem.name, parts: parts.length, leaves: parts[0]?.splits.length === 0 };
      if (!(widest[depth]?.parts >= parts.length)) widest[depth] = division;
      const isLater = !split.freesInTurn && round > 0;
      const repeats = isLater ? rounds - 1 : 1;
      const below: Certainty = { estimated: !known, optional: certainty.optional || isLater };
      const step = split.freesInTurn ? (parts[0]?.name ?? spec.name) : spec.name;
      for (const part of parts) {
        // What stands before the part's first layer is what was cut off.
        const cut = cutOf(problem, part);
        const behind = cut > 0 ? networkBefore(problem.network, cut) : frozen;
        await visit(part, [...path, step], times * repeats, below, behind);
      }
    }
  };
  await visit(root, [], 1, { estimated: false, optional: false }, { inputShape: root.network.inputShape, layers: [] });
  return { groups: [...groups.values()], nodes, widest };
}

/**
 * Products of a weight and a sample's input in the MIP of a leaf that has more than one neuron: each becomes a non-zero
 * of the MIP. 0 for a single neuron, whose MIP is as large as its rows.
 */
export const productsOf = (problem: TrainingProblem, cells = cellsOf(problem)): number =>
  neuronsOf(problem) > 1 ? cells : 0;

const neuronsOf = (problem: TrainingProblem): number =>
  freeSpan(problem).layers.reduce((most, layer) => Math.max(most, layer.kind === 'dense' ? layer.outputs : 1), 1);

/** Index of a part's first layer, if the layers before it are not in its data yet; 0 if nothing was cut off. */
function cutOf(problem: TrainingProblem, part: TrainingProblem): number {
  if (part.dataset !== problem.dataset) return 0;
  const [first] = part.network.layers;
  // A layer that has lost its name is another object with the same weights.
  return Math.max(
    0,
    problem.network.layers.findIndex(
      (layer) => layer === first || (isAffine(layer) && isAffine(first) && layer.weights === first.weights),
    ),
  );
}

/** Samples, copies included, times inputs of the first free layer and times its neurons. */
export function cellsOf(problem: TrainingProblem): number {
  const at = firstFree(problem);
  const inputs = outputSize(networkBefore(problem.network, at));
  return problem.view.rows.length * samplesPerRow(problem.view) * inputs * neuronsOf(problem);
}
