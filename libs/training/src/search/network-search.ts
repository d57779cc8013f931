// Tested by ../solve/optimality.unit.test.ts.
import { seededRandom } from '@mipnet/dataset';
import { applied, type Network } from '@mipnet/network';
import type { Loss } from '../model/objectives/losses/loss.js';
import { lossOf } from '../model/objectives/losses/registry.js';
import type { FreeNetwork } from '../model/free-network.js';
import { denseAt, withLayer } from '../problem/free-layers.js';
import type { LeafData } from '../rows/leaf-data.js';
import { layerMoves, type LayerMoves } from './weight-moves.js';

export interface SearchOptions {
  /** How many sample-neuron updates may be tried. */
  readonly work: number;
  /** True ends the search with what it has. */
  readonly stopped?: () => boolean;
}

/** One dense layer and the activation after it, with the numbers of every sample. */
interface Stage {
  readonly index: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float64Array;
  readonly bias: Float64Array;
  /** Undefined for a layer that stays as it is. */
  readonly moves?: LayerMoves;
  readonly activate: (value: number) => number;
  /** samples x outputs, before and after the activation. */
  readonly before: Float64Array;
  readonly after: Float64Array;
}

/**
 * Local search over all free weights and biases of a network of dense layers: changes one number by one step, keeps the
 * change if the objective falls, until no change helps or the work is used up. The effect of a change is computed only
 * for the samples whose neuron gives another output. Deterministic, never worse than its start.
 */
export function searchNetwork(
  free: FreeNetwork,
  network: Network,
  { work, stopped = () => false }: SearchOptions,
): Network {
  const [first] = free.problem.objectives;
  if (first.kind !== 'fit' || !isDense(free)) return network;
  const search = new NetworkSearch(free, network, lossOf(first.loss), first.sparsity);
  search.run(work, stopped);
  return search.network(network);
}

/** Whether there are only dense layers with at most one activation each. */
function isDense({ layers }: FreeNetwork): boolean {
  const kinds = layers.filter(({ kind }) => kind !== 'flatten').map(({ kind }) => kind);
  return (
    kinds[0] === 'dense' &&
    kinds.every((kind, i) => kind === 'dense' || (kind === 'activation' && kinds[i - 1] === 'dense'))
  );
}

class NetworkSearch {
  readonly #stages: Stage[];
  readonly #count: number;
  readonly #losses: Float64Array;
  readonly #columns: { readonly rows: Int32Array; readonly values: Float64Array }[];
  readonly #random;
  #work = 0;

  readonly #data: LeafData;
  readonly #rho: number;

  constructor(
    free: FreeNetwork,
    network: Network,
    private readonly loss: Loss,
    private readonly sparsity: number,
  ) {
    const { data, problem } = free;
    this.#data = data;
    this.#rho = free.margin;
    this.#count = data.labels.length;
    this.#random = seededRandom(problem.seed, 'search', problem.name);
    this.#stages = free.layers.flatMap((layer, i) =>
      layer.kind === 'dense' ? [this.#stage(free, network, free.from + i)] : [],
    );
    this.#columns = columnsOf(data);
    this.#losses = new Float64Array(this.#count);
    this.#forward();
  }

  #stage({ problem, precisions, to }: FreeNetwork, network: Network, index: number): Stage {
    const precision = precisions.get(index);
    const { inputs, outputs, weights, bias } = denseAt(network, index);
    const free = problem.free[index];
    const next = network.layers.slice(index + 1, to).find(({ kind }) => kind !== 'flatten');
    return {
      index,
      inputs,
      outputs,
      weights: weights.slice(),
      activate: activationOf(next),
      bias: free && precision ? precision.allowed(bias, free.bias) : bias.slice(),
      moves: free && precision ? layerMoves(free, precision, weights.length) : undefined,
      before: new Float64Array(this.#count * outputs),
      after: new Float64Array(this.#count * outputs),
    };
  }

  #forward(): void {
    this.#stages.forEach((stage, depth) => {
      const { inputs, outputs, weights, bias, before, after, activate } = stage;
      const from = depth === 0 ? this.#data.features : this.#stages[depth - 1].after;
      for (let k = 0; k < this.#count; k++) {
        for (let o = 0; o < outputs; o++) {
          let sum = bias[o];
          for (let i = 0; i < inputs; i++) sum += weights[o * inputs + i] * from[k * inputs + i];
          before[k * outputs + o] = sum;
          after[k * outputs + o] = activate(sum);
        }
      }
    });
    const { after, outputs } = this.#stages[this.#stages.length - 1];
    for (let k = 0; k < this.#count; k++) this.#losses[k] = this.#lossAt(after, k * outputs, k);
  }

  /** Passes over all numbers, last layer first, until nothing helps. */
  run(work: number, stopped: () => boolean): void {
    for (let improved = true; improved && this.#work < work && !stopped();) {
      improved = false;
      for (let depth = this.#stages.length - 1; depth >= 0; depth--) {
        if (this.#stages[depth].moves) improved = this.#pass(depth, work, stopped) || improved;
      }
    }
  }

  #pass(depth: number, work: number, stopped: () => boolean): boolean {
    const stage = this.#stages[depth];
    const moves = stage.moves!;
    let improved = false;
    const units = this.#random.shuffle(Array.from({ length: stage.outputs }, (_, o) => o));
    for (const o of units) {
      if (stopped()) return false;
      for (const step of moves.biasSteps) if (this.#work < work) improved = this.#try(depth, o, -1, step) || improved;
      for (let i = 0; i < stage.inputs && this.#work < work; i++) {
        const k = o * stage.inputs + i;
        for (const step of moves.weightSteps) {
          const next = stage.weights[k] + step;
          if (next < moves.lower[k] || next > moves.upper[k]) continue;
          if (this.#try(depth, o, i, step)) {
            improved = true;
            break;
          }
        }
      }
    }
    return improved;
  }

  /** Adds step to one weight (input i) or to a bias (i = -1) if that lowers the objective. */
  #try(depth: number, o: number, i: number, step: number): boolean {
    const stage = this.#stages[depth];
    const k = o * stage.inputs + i;
    let change = i < 0 ? 0 : this.sparsity * (Math.abs(stage.weights[k] + step) - Math.abs(stage.weights[k]));
    this.#eachInput(depth, i, (sample, value) => (change += this.#changeAt(depth, o, sample, step * value)));
    if (change >= -1e-9) return false;
    if (i < 0) stage.bias[o] += step;
    else stage.weights[k] += step;
    this.#eachInput(depth, i, (sample, value) => this.#apply(depth, o, sample, step * value));
    return true;
  }

  /** The samples whose input i of a layer is not zero; all of them for a bias. */
  #eachInput(depth: number, i: number, visit: (sample: number, value: number) => void): void {
    if (i < 0) {
      this.#work += this.#count;
      for (let k = 0; k < this.#count; k++) visit(k, 1);
    } else if (depth === 0) {
      const { rows, values } = this.#columns[i];
      this.#work += rows.length;
      for (let e = 0; e < rows.length; e++) visit(rows[e], values[e]);
    } else {
      const { after, outputs } = this.#stages[depth - 1];
      this.#work += this.#count;
      for (let k = 0; k < this.#count; k++) if (after[k * outputs + i] !== 0) visit(k, after[k * outputs + i]);
    }
  }

  #scratch: Float64Array[] = [];

  /** Change of the weighted loss of one sample when a pre-activation changes. */
  #changeAt(depth: number, o: number, sample: number, difference: number): number {
    const scores = this.#through(depth, o, sample, difference);
    if (scores === undefined) return 0;
    return this.#data.sampleWeights[sample] * (this.#lossAt(scores, 0, sample) - this.#losses[sample]);
  }

  /** The scores after the change; undefined if no later layer changes. */
  #through(depth: number, o: number, sample: number, difference: number): Float64Array | undefined {
    const stage = this.#stages[depth];
    const at = sample * stage.outputs + o;
    const output = stage.activate(stage.before[at] + difference);
    let moved = output - stage.after[at];
    if (moved === 0) return undefined;
    if (depth === this.#stages.length - 1) {
      const scores = this.#buffer(depth, stage.outputs);
      for (let c = 0; c < stage.outputs; c++) scores[c] = stage.after[sample * stage.outputs + c];
      scores[o] = output;
      return scores;
    }
    // One neuron changed; after the next layer it may be all of them.
    let values = this.#buffer(depth + 1, this.#stages[depth + 1].outputs);
    const next = this.#stages[depth + 1];
    for (let h = 0; h < next.outputs; h++)
      values[h] = next.activate(next.before[sample * next.outputs + h] + next.weights[h * next.inputs + o] * moved);
    this.#work += next.outputs;
    for (let later = depth + 2; later < this.#stages.length; later++) {
      const { inputs, outputs, weights, before, activate } = this.#stages[later];
      const earlier = this.#stages[later - 1];
      const target = this.#buffer(later, outputs);
      for (let h = 0; h < outputs; h++) target[h] = before[sample * outputs + h];
      for (let i = 0; i < inputs; i++) {
        moved = values[i] - earlier.after[sample * inputs + i];
        if (moved !== 0) for (let h = 0; h < outputs; h++) target[h] += weights[h * inputs + i] * moved;
      }
      for (let h = 0; h < outputs; h++) target[h] = activate(target[h]);
      this.#work += outputs;
      values = target;
    }
    return values;
  }

  #buffer(depth: number, size: number): Float64Array {
    return (this.#scratch[depth] ??= new Float64Array(size));
  }

  #apply(depth: number, o: number, sample: number, difference: number): void {
    const stage = this.#stages[depth];
    const at = sample * stage.outputs + o;
    stage.before[at] += difference;
    this.#update(depth, sample, o, at);
    const { after, outputs } = this.#stages[this.#stages.length - 1];
    this.#losses[sample] = this.#lossAt(after, sample * outputs, sample);
  }

  /** Sets the output of one neuron from its pre-activation, and all later layers. */
  #update(depth: number, sample: number, o: number, at: number): void {
    const stage = this.#stages[depth];
    const output = stage.activate(stage.before[at]);
    const moved = output - stage.after[at];
    if (moved === 0) return;
    stage.after[at] = output;
    const next = this.#stages[depth + 1];
    if (!next) return;
    for (let h = 0; h < next.outputs; h++) {
      const weight = next.weights[h * next.inputs + o];
      if (weight === 0) continue;
      next.before[sample * next.outputs + h] += weight * moved;
      this.#update(depth + 1, sample, h, sample * next.outputs + h);
    }
  }

  #lossAt(scores: Float64Array, base: number, sample: number): number {
    const outputs = this.#stages[this.#stages.length - 1].outputs;
    const label = this.#data.labels[sample];
    let margin = Infinity;
    if (outputs === 1) margin = label === 1 ? scores[base] : -scores[base];
    else
      for (let c = 0; c < outputs; c++)
        if (c !== label && scores[base + label] - scores[base + c] < margin)
          margin = scores[base + label] - scores[base + c];
    return this.loss.of(margin, this.#rho);
  }

  network(original: Network): Network {
    return this.#stages.reduce(
      (current, { index, weights, bias, moves }) =>
        moves
          ? withLayer(current, index, { ...denseAt(current, index), weights: weights.slice(), bias: bias.slice() })
          : current,
      original,
    );
  }
}

const activationOf = (layer: Network['layers'][number] | undefined): ((value: number) => number) =>
  layer?.kind === 'activation' ? applied(layer) : (value) => value;

function columnsOf({ features, inputs, labels }: LeafData): { rows: Int32Array; values: Float64Array }[] {
  return Array.from({ length: inputs }, (_, i) => {
    const rows: number[] = [];
    for (let k = 0; k < labels.length; k++) if (features[k * inputs + i] !== 0) rows.push(k);
    return { rows: Int32Array.from(rows), values: Float64Array.from(rows, (k) => features[k * inputs + i]) };
  });
}
