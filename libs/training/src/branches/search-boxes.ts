import { seededRandom } from '@mipnet/dataset';
import type { Network } from '@mipnet/network';
import type { FreeNetwork } from '../model/free-network.js';
import { objectiveValue } from '../model/objectives/registry.js';
import { denseAt, hasWeights, insideBoxes, insideDomains, withLayer } from '../problem/free-layers.js';
import { closedGap, statusOf, type Incumbent } from '../problem/incumbent.js';
import { areWhole, boundOf, type OpenBox, type OpenSet } from '../problem/open-box.js';
import { TrainingError } from '../problem/training-error.js';
import { improve, neuronProblem } from '../search/improve.js';
import type { NeuronProblem } from '../search/neuron-search.js';
import type { SolveHooks } from '../solve/solve-problem.js';
import { annealNeuron, type Step } from './anneal-neuron.js';
import { NeuronModel } from './neuron-model.js';
import { objectiveStep, type ObjectiveStep } from './objective-step.js';
import { searchTree, type TreeNode } from './search-tree.js';
import { shrinkModel } from './shrink-model.js';
import { sizeRanges } from './size-ranges.js';
import { swapMoves } from './swap-moves.js';

/**
 * A leaf of branches: searches its boxes one after the other, the first one first, for networks better than the start,
 * until its work is used up. What remains open, the rest of a box included, goes back to the node.
 */
export function searchBoxes(free: FreeNetwork, boxes: readonly OpenBox[], hooks: SolveHooks = {}): Incumbent {
  const neuron = neuronProblem(free);
  if (!neuron)
    throw new TrainingError('problem', `${free.problem.name}: branches divides one neuron with integer weights`);
  return new BoxSearch(free, neuron, hooks).run(boxes);
}

/** Sum |w| is whole: a bound above `size` by this much proves that it is larger. */
const sizeTolerance = 1e-5;
/** One of so many leaves anneals, with so many evaluations per LP iteration of the work limit, and at most so many. */
const annealing = { leaves: 16, perWork: 1_000, most: 2e6 };
/** Two-weight moves start from networks whose value is at most this many times the best one. */
const swapWithin = 1.03;
/** Search nodes from one report to the next. */
const reportedEvery = 100;

/** Boxes of the same range of sum |w|, in order of their first box. */
function groupsOf(boxes: readonly OpenBox[]): readonly (readonly OpenBox[])[] {
  const groups = new Map<string, OpenBox[]>();
  for (const box of boxes) {
    const key = box.size ? `${box.size.least} ${box.size.most} ${box.size.lossBelow}` : '';
    groups.set(key, [...(groups.get(key) ?? []), box]);
  }
  return [...groups.values()];
}

class BoxSearch {
  readonly #polished = new Set<number>();
  readonly #model: NeuronModel;
  readonly #step: ObjectiveStep;
  readonly #began = performance.now();
  readonly #start: number;
  #network: Network;
  #value: number;
  #nodes = 0;
  #work = 0;

  constructor(
    private readonly free: FreeNetwork,
    private readonly neuron: NeuronProblem,
    private readonly hooks: SolveHooks,
  ) {
    const { problem } = free;
    this.#model = new NeuronModel(free);
    this.#step = objectiveStep(neuron);
    this.#network = hasWeights(problem) ? problem.network : insideDomains(problem);
    this.#network = free.withAllowedBiases(this.#network);
    this.#start = this.#value = this.#valueOf(this.#network);
    if (hooks.resume) this.#take(hooks.resume);
  }

  run(boxes: readonly OpenBox[]): Incumbent {
    const open = groupsOf(areWhole(boxes) ? this.#divided(boxes[0]) : boxes).flatMap((group) => this.#search(group));
    this.#anneal(open);
    const openSet: OpenSet = {
      boxes: open.filter(({ bound }) => bound < this.#cutoff),
      closed: this.#step.whole > 0 ? Infinity : this.#cutoff,
    };
    const bound = boundOf(openSet, this.#value);
    const status = statusOf(this.#value, bound);
    return {
      network: this.#network,
      objective: this.#value,
      bound,
      status,
      stages: [
        {
          objective: 'fit',
          value: this.#value,
          bound,
          status,
          start: this.#start,
          nodes: this.#nodes,
          work: this.#work,
          boundBy: 'tree duals',
        },
      ],
      openSet,
    };
  }

  /** Below this value lies every better network: by a step, or by more than round-off. */
  get #cutoff(): number {
    const least = (closedGap / 2) * Math.max(1, Math.abs(this.#value));
    return this.#value - Math.max(0.999 * this.#step.whole, least);
  }

  /** The whole problem: a start from its relaxation, and boxes by sum |w| if that divides it well. */
  #divided(box: OpenBox): readonly OpenBox[] {
    this.#offer(this.#network);
    // Without a cutoff below the relaxation, this is the relaxation alone.
    const root = shrinkModel(this.#model.model, Infinity);
    if (!root) return [];
    this.#offer(this.#model.stage.toNetwork(root.point));
    const bound = Math.max(box.bound, root.bound);
    const { sparsity } = this.neuron;
    const ranges =
      sparsity > 0
        ? sizeRanges(this.#model, { cutoff: this.#cutoff, sparsity, from: this.#model.sizeOf(root.point) })
        : undefined;
    return ranges ?? [{ ...box, bound }];
  }

  /** Searches boxes of the same range of sum |w|; what remains of them. */
  #search(boxes: readonly OpenBox[]): readonly OpenBox[] {
    const [{ size }] = boxes;
    const single = size !== undefined && size.least === size.most ? size.least : undefined;
    const { sparsity } = this.neuron;
    const target = (): { budget: number; cutoff: number } =>
      single === undefined
        ? { budget: Infinity, cutoff: this.#cutoff }
        : { budget: this.#lossBudget(single, size?.lossBelow), cutoff: single + sizeTolerance };
    const first = target();
    if (this.#isOver()) return boxes;
    if (first.budget < 0) return [];
    const model =
      single !== undefined
        ? this.#model.sizeModel(first.budget, sparsity)
        : size
          ? this.#model.withSizeRow(size.least, size.most)
          : this.#model.model;
    const small = shrinkModel(model, first.cutoff);
    if (!small) return [];
    this.#work += small.iterations;
    const budgetRow = small.model.columnCount + small.model.rowCount - 1;
    const spent = first.budget - small.model.rowUpper[small.model.rowCount - 1];
    const nodes = boxes.flatMap((box): TreeNode[] => {
      const changes = small.narrowed(this.#model.changesOf(box));
      // A bound of the objective says nothing about sum |w|.
      return changes ? [{ changes, fixed: [], bound: single === undefined ? box.bound : -Infinity }] : [];
    });
    const result = searchTree(small.model, nodes, {
      cutoff: first.cutoff,
      workLimit: this.#workLeft(),
      stopped: () => this.#isStopped(),
      partner: (column) => {
        const partner = this.#model.partner(small.kept[column]);
        return partner < 0 ? -1 : small.at[partner];
      },
      onPoint: (x, simplex) => {
        this.#offer(this.#model.stage.toNetwork(small.expand(x)));
        const { budget, cutoff } = target();
        if (single !== undefined) simplex.upper[budgetRow] = Math.min(simplex.upper[budgetRow], budget - spent);
        return single !== undefined && budget < 0 ? -Infinity : cutoff;
      },
      onNode: (nodes, iterations) => this.#report(this.#nodes + nodes, this.#work + iterations),
    });
    this.#nodes += result.nodes;
    this.#work += result.iterations;
    const least = Math.min(...boxes.map(({ bound }) => bound));
    return result.open.map(({ changes, bound }) => ({
      ...this.#model.boxOf(small.widened(changes)),
      ...(size ? { size } : {}),
      bound: single === undefined ? Math.max(bound, least) : Math.max(least, sparsity * single),
    }));
  }

  /**
   * A better network of one of the open sizes by annealing: its loss is 0 or nearly so, and the boxes of larger sizes
   * then close. Long runs find more than many short ones, so that only some of the leaves try.
   */
  #anneal(open: readonly OpenBox[]): void {
    const { problem } = this.free;
    const random = seededRandom(problem.seed, 'anneal');
    const sizes = [...new Set(open.flatMap(({ size }) => (size && size.least === size.most ? [size.least] : [])))];
    const isTernary = this.neuron.upper.every((upper, k) => upper <= 1 && this.neuron.lower[k] >= -1);
    if (random.integer(annealing.leaves) > 0 || sizes.length === 0 || !isTernary) return;
    const size = sizes[random.integer(sizes.length)];
    const budget = this.#lossBudget(size);
    const small =
      budget < 0 ? undefined : shrinkModel(this.#model.sizeModel(budget, this.neuron.sparsity), size + 1e-5);
    if (!small) return;
    const stepsAt = (columns: Iterable<number>): Step[] =>
      [...columns].flatMap((column) => this.#model.stepOf(column) ?? []);
    const none = small.expand(new Float64Array(small.kept.length));
    const always = stepsAt([...none.keys()].filter((column) => small.at[column] < 0 && none[column] === 1));
    const found = annealNeuron(this.neuron, {
      steps: stepsAt(small.kept),
      always,
      count: size - always.length,
      evaluations: Math.min(annealing.most, annealing.perWork * (problem.limits.workLimit ?? Infinity)),
      random,
      stopped: () => this.#isStopped(),
    });
    if (!found) return;
    const at = this.free.to - 1;
    const layer = { ...denseAt(this.#network, at), weights: found.weights, bias: Float64Array.of(found.bias) };
    this.#offer(withLayer(this.#network, at, layer));
  }

  /** How much loss a better network with sum |w| = size may have, and less than `below`. */
  #lossBudget(size: number, below = Infinity): number {
    const budget = this.#cutoff - this.neuron.sparsity * size;
    const { loss } = this.#step;
    if (loss === 0) return Math.min(budget, below);
    const steps = Math.min(Math.floor(budget / loss + 1e-6), Math.ceil(below / loss - 1e-6) - 1);
    return loss * steps + 1e-9;
  }

  /** Takes a network, or a better one near it, if it is better than the incumbent. */
  #offer(network: Network): void {
    const near = improve(this.free, this.free.withAllowedBiases(network), this.hooks.stopped);
    const value = this.#valueOf(near);
    this.#take(near);
    // Networks of equal value are mostly the same one again.
    if (value > this.#value * swapWithin || this.#polished.has(value)) return;
    this.#polished.add(value);
    this.#take(swapMoves(this.free, this.neuron, near, () => this.#isStopped()));
  }

  #take(network: Network): void {
    const value = this.#valueOf(network);
    if (!(value < this.#value) || !insideBoxes(this.free.problem, network)) return;
    [this.#network, this.#value] = [network, value];
    this.hooks.onIncumbent?.(network);
  }

  #valueOf(network: Network): number {
    return objectiveValue(this.free.problem.objectives[0], this.free.replay(network));
  }

  #workLeft(): number {
    return (this.free.problem.limits.workLimit ?? Infinity) - this.#work;
  }

  #isOver(): boolean {
    return this.#workLeft() <= 0 || this.#isStopped();
  }

  #isStopped(): boolean {
    const { timeLimit } = this.free.problem.limits;
    const isLate = timeLimit !== undefined && performance.now() - this.#began > timeLimit * 1000;
    return isLate || (this.hooks.stopped?.() ?? false);
  }

  #report(nodes: number, work: number): void {
    if (nodes % reportedEvery !== 0) return;
    this.hooks.onProgress?.({ step: 'branch and bound', objective: this.#value, bound: null, nodes, work });
  }
}
