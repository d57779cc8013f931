import { crownBounds, linearLowerBounds, type NetworkBounds } from '@mipnet/bounds';
import { forwardPass, outputSize, type Network } from '@mipnet/network';
import type { BranchProgress } from '../branch-on-signs.js';
import { OpenNodes } from '../open-nodes.js';
import { BoxBounds } from './box-bounds.js';
import { boxNetwork, type BoxNetwork } from './box-network.js';
import { descend } from './descend.js';
import { fillFrame, lossesOf, lossesOn, newFrame, partOf, type Frame, type Losses } from './frame.js';
import { GroupBounds } from './group-bounds.js';
import type { ProofLog } from './proof-log.js';

export interface BranchOnInputsOptions {
  /** @default no limit */
  readonly nodeLimit?: number;
  readonly stopped?: () => boolean;
  /**
   * Called with an input of the box if it is unsafe by the forward pass, or nearer to it than all before; true ends the
   * search.
   */
  readonly inspect?: (input: Float64Array) => boolean;
  /** Called at every division. */
  readonly onProgress?: (progress: BranchProgress) => void;
  /** Receives the proof's tree. Whatever is excluded is then excluded by the bounds of its own box alone. */
  readonly log?: ProofLog;
}

export interface BranchOnInputsResult {
  /**
   * For each group, a certified lower bound on the largest of its outputs over the box. Above 0: nowhere are all of
   * them at most 0.
   */
  readonly bounds: Float64Array;
  readonly nodes: number;
}

/** A part of the box on which some groups are not excluded. */
interface Part {
  readonly id: number;
  readonly frame: Frame;
  readonly losses: Losses;
  readonly depth: number;
  readonly groups: readonly number[];
  /** Their bounds. */
  readonly least: readonly number[];
  /** The input to divide; -1 if the box is too small. */
  readonly input: number;
  /** The least of `least`: the part with the lowest bound is divided first. */
  readonly bound: number;
  /** How far the most unsafe known input of the part is from unsafe. */
  readonly value: number;
}

/** Waiting parts may take about this many bytes; with more, the search goes depth first. */
const memory = 2 ** 28;
/** Divisions of one half after the other before the part with the lowest bound comes next. */
const plunge = 6;
/** A local search for a witness in every such part with the lowest bound: it takes as long as some boxes. */
const descendEvery = 3;
/** A box that is narrower than this fraction of the whole box everywhere is not divided. */
const narrowest = 2 ** -20;
/** After so many unsafe inputs that `inspect` refuses, as those outside of a ball, no bounds on boxes can exclude. */
const mostRefused = 32;
/** What rounding can do is computed again after this many divisions. */
const refreshEvery = 5;

/**
 * Branch and bound on boxes of inputs: a box on which some group is not excluded is divided at the middle of the input
 * that widens the bounds most. Every input lies in one of the leaves, and each leaf is closed by a certified bound,
 * rounding included. For networks with few inputs. Sources: Wang et al. 2018 (ReluVal); Bak et al. 2020 (nnenum).
 * @param network its outputs are at most 0 where something is unsafe
 * @param bounds proven, on all layers of the network
 * @param groups positions of outputs: a group is excluded if nowhere all of its outputs are at most 0
 */
export const branchOnInputs = (
  network: Network,
  bounds: NetworkBounds,
  groups: readonly (readonly number[])[],
  options: BranchOnInputsOptions = {},
): BranchOnInputsResult => new InputSearch(boxNetwork(network), bounds, groups, options).run();

class InputSearch {
  readonly #waiting = new OpenNodes<Part>();
  /** Parts for which `waiting` has no place; the last one comes first. */
  readonly #stack: Part[] = [];
  /** Groups that no division can exclude. */
  readonly #hopeless = new Set<number>();
  readonly #mostWaiting: number;
  readonly #box: BoxBounds;
  readonly #groupBounds: GroupBounds;
  readonly #pass: ReturnType<typeof forwardPass>;
  readonly #scores: Float64Array;
  readonly #point: Float64Array;
  readonly #closed: Float64Array;
  #nodes = 0;
  #plunge = 0;
  #descents = 0;
  #refused = 0;
  #worst = Infinity;
  #isFound = false;

  constructor(
    private readonly network: BoxNetwork,
    private readonly bounds: NetworkBounds,
    private readonly groups: readonly (readonly number[])[],
    private readonly options: BranchOnInputsOptions,
  ) {
    this.#box = new BoxBounds(network, lossesOf(network, bounds));
    this.#groupBounds = new GroupBounds(this.#box, groups, outputSize(network.network), options.log === undefined);
    this.#pass = forwardPass(network.network);
    this.#scores = new Float64Array(network.inputs);
    this.#point = new Float64Array(network.inputs);
    this.#closed = new Float64Array(groups.length).fill(Infinity);
    this.#mostWaiting = memory / (16 * (network.count + network.inputs) + 1000);
  }

  run(): BranchOnInputsResult {
    const { nodeLimit = Infinity, stopped, onProgress } = this.options;
    const frame = newFrame(this.network);
    fillFrame(this.network, this.bounds, frame);
    const root = this.#enter({
      id: 0,
      frame,
      losses: lossesOf(this.network, this.bounds),
      depth: 0,
      groups: [...this.groups.keys()],
    });
    if (root !== undefined) this.#waiting.push(root);
    for (;;) {
      const open = this.#stack.length + this.#waiting.size;
      if (open === 0 || this.#isFound || this.#nodes >= nodeLimit || stopped?.()) break;
      const part = this.#stack.pop() ?? this.#fromWaiting();
      onProgress?.({ nodes: this.#nodes, open, bound: Math.min(...part.least) });
      if (part.input < 0) this.#giveUp(part);
      else this.#divide(part);
    }
    const bounds = this.#closed.slice();
    for (const { groups, least } of [...this.#stack, ...this.#waiting])
      groups.forEach((group, k) => (bounds[group] = Math.min(bounds[group], least[k])));
    return { bounds, nodes: this.#nodes };
  }

  #giveUp({ groups, least }: Part): void {
    groups.forEach((group, k) => {
      this.#closed[group] = Math.min(this.#closed[group], least[k]);
      this.#hopeless.add(group);
    });
  }

  #fromWaiting(): Part {
    this.#plunge = plunge;
    const part = this.#waiting.pop()!;
    if (this.#descents++ % descendEvery !== 0) return part;
    this.#atMiddle(part.frame);
    descend(this.#valueOf, part.frame.input, this.#point);
    this.#inspect();
    return part;
  }

  /** The half with the more unsafe input is divided next for a while; the other one waits. */
  #keep(parts: readonly Part[]): void {
    const isFull = this.#waiting.size >= this.#mostWaiting;
    const [other, next] = parts.length < 2 || parts[0].value > parts[1].value ? parts : [parts[1], parts[0]];
    if (isFull) return void this.#stack.push(...parts);
    if (parts.length === 0) return;
    this.#plunge--;
    const last = next ?? other;
    if (next !== undefined) this.#waiting.push(other);
    if (this.#plunge > 0) this.#stack.push(last);
    else this.#waiting.push(last);
  }

  #divide({ id, frame, losses, depth, groups, input }: Part): void {
    const at = middleOf(frame, input);
    this.options.log?.divide(id, { input, at, below: this.#nodes, above: this.#nodes + 1 });
    const halves: Part[] = [];
    for (const isAbove of [false, true]) {
      const half = partOf(frame, input, at, isAbove);
      const own = (depth + 1) % refreshEvery === 0 ? lossesOn(this.network, half) : losses;
      const part = this.#enter({ id: this.#nodes, frame: half, losses: own, depth: depth + 1, groups });
      if (part !== undefined) halves.push(part);
    }
    this.#keep(halves);
  }

  /** Bounds the groups on a part. It waits for a division if some of them are not excluded. */
  #enter(entry: Pick<Part, 'id' | 'frame' | 'losses' | 'depth' | 'groups'>): Part | undefined {
    const { frame, losses, id } = entry;
    this.#nodes++;
    this.#box.tighten(frame, losses);
    const open: number[] = [];
    const least: number[] = [];
    let value = Infinity;
    this.#scores.fill(0);
    for (const group of entry.groups) {
      if (this.#hopeless.has(group)) continue;
      const bound = this.#groupBounds.least(group, frame);
      if (bound > 0 && this.#isLogged(id, group, frame)) {
        this.#closed[group] = Math.min(this.#closed[group], bound);
        continue;
      }
      open.push(group);
      least.push(Math.min(bound, 0));
      this.#box.addScores(this.#scores);
      this.#atCorner(frame);
      value = Math.min(value, this.#inspect());
    }
    if (open.length === 0) return undefined;
    this.#atMiddle(frame);
    value = Math.min(value, this.#inspect());
    return { ...entry, groups: open, least, input: this.#widest(frame), value, bound: Math.min(...least) };
  }

  /** With a log, a group is excluded only if the bounds of the box alone say so; those around it may be tighter. */
  #isLogged(id: number, group: number, { input }: Frame): boolean {
    const { log } = this.options;
    if (log === undefined) return true;
    const { network } = this.network;
    const box = { lower: input.lower.slice(), upper: input.upper.slice() };
    const [bound] = linearLowerBounds(network, crownBounds(network, box), this.#groupBounds.row);
    if (!(bound > 0)) return false;
    log.exclude(id, group, Array.from(this.#groupBounds.weights.subarray(0, this.groups[group].length)));
    return true;
  }

  /** The corner at which the bound of the last form is attained. */
  #atCorner({ input: { lower, upper } }: Frame): void {
    const { coefficients } = this.#box;
    for (let i = 0; i < coefficients.length; i++) this.#point[i] = coefficients[i] > 0 ? lower[i] : upper[i];
  }

  #atMiddle(frame: Frame): void {
    for (let i = 0; i < this.#point.length; i++) this.#point[i] = middleOf(frame, i);
  }

  /** How far an input is from unsafe by the forward pass: the least of the groups' largest outputs. */
  readonly #valueOf = (point: Float64Array): number => {
    const outputs = this.#pass(point, 1);
    let value = Infinity;
    for (const group of this.groups) {
      let most = -Infinity;
      for (const output of group) most = Math.max(most, outputs[output]);
      value = Math.min(value, most);
    }
    return value;
  };

  #inspect(): number {
    const value = this.#valueOf(this.#point);
    if (!this.#isFound && (value <= 0 || value < this.#worst)) {
      this.#worst = Math.min(this.#worst, value);
      this.#isFound = this.options.inspect?.(this.#point.slice()) ?? false;
      if (value <= 0 && !this.#isFound && ++this.#refused === mostRefused) this.#refuse();
    }
    return value;
  }

  /** The groups that the present point satisfies cannot be excluded. */
  #refuse(): void {
    this.#refused = 0;
    const outputs = this.#pass(this.#point, 1);
    for (const [index, group] of this.groups.entries()) {
      if (!group.every((output) => outputs[output] <= 0)) continue;
      this.#closed[index] = Math.min(this.#closed[index], -Infinity);
      this.#hopeless.add(index);
    }
  }

  #widest(frame: Frame): number {
    let chosen = -1;
    let best = -1;
    for (let i = 0; i < this.#scores.length; i++) {
      const width = frame.input.upper[i] - frame.input.lower[i];
      const whole = this.bounds.input.upper[i] - this.bounds.input.lower[i];
      if (this.#scores[i] <= best || !(width > narrowest * whole)) continue;
      best = this.#scores[i];
      chosen = i;
    }
    return chosen;
  }
}

const middleOf = ({ input: { lower, upper } }: Frame, i: number): number => lower[i] + (upper[i] - lower[i]) / 2;
