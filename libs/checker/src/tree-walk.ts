// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import { isDecided } from './activation.js';
import type { Bounds, Multiplied, Prover } from './bounds.js';
import { list, numbers, real, record, refuse, whole } from './refusal.js';
import type { Row } from './property.js';

/** A node of a tree: see docs/certificates.md. Nothing about it is known before it is checked. */
export type Node = Readonly<Record<string, unknown>>;

/** A side of a unit that was split. */
type Side = Omit<Multiplied, 'multiplier'>;

/** A part of the box. `isStale`: the bounds are those of a larger box. */
export interface Part {
  readonly bounds: Bounds;
  readonly sides: readonly Side[];
  readonly depth: number;
  isStale: boolean;
}

/** Search nodes from the root to a leaf; bytes of the bounds of parts that wait. */
const [mostDepth, mostBytes] = [10_000, 2 ** 31];
/** A box gets bounds of its own at every fourth level, so that leaves begin with units that are decided already. */
const levels = 4;

/** The parts of a box in the order of a tree's nodes: a node, then all that is below its split, then all above it. */
export class TreeWalk {
  readonly #waiting: { readonly part: Part; readonly isShared: boolean; readonly change: (bounds: Bounds) => void }[];
  readonly #activations: readonly number[];

  constructor(
    readonly prover: Prover,
    root: Bounds,
    readonly rows: readonly Row[],
  ) {
    const part = { bounds: root, sides: [], depth: 0, isStale: false };
    this.#waiting = [{ part, isShared: true, change: () => undefined }];
    const { layers } = prover.graph;
    this.#activations = [...layers.keys()].filter((k) => layers[k].kind === 'activation');
  }

  get isDone(): boolean {
    return this.#waiting.length === 0;
  }

  /** The part of the next node. */
  next(): Part {
    const { part, isShared, change } = this.#waiting.pop() ?? refuse('the tree has nodes after its end');
    const own = isShared ? { ...part, bounds: part.bounds.copy() } : { ...part };
    change(own.bounds);
    return own;
  }

  /** Computes the bounds of the part that its node needs, and those that it claims. */
  prepare(part: Part, node: Node): void {
    const isLate = node.input !== undefined && node.claims === undefined && part.depth % levels !== 0;
    if (node.refresh !== undefined || (part.isStale && !isLate)) {
      const { sides, slopes } = this.#choicesOf(part, record(node.refresh ?? {}, 'refresh'));
      this.prover.refresh(part.bounds, sides, slopes);
      part.isStale = false;
    }
    for (const claim of list(node.claims ?? [], 'claims')) this.#claim(part, claim as Node);
  }

  split(part: Part, node: Node): void {
    const { bounds, sides, depth } = part;
    const isInput = node.input !== undefined;
    const unit = isInput ? undefined : this.#unit(node.unit);
    const position = unit?.position ?? whole(node.input, this.prover.graph.sizes[0], 'input');
    const at = real(node.at, 'at');
    if (depth + 1 > mostDepth || this.#waiting.length * bounds.all.byteLength > mostBytes)
      refuse('the tree is too deep');
    for (const side of [1, -1]) {
      // Above: x >= at. Below: x <= at; of a unit x < at, so that a jump lies on one side.
      const change = (to: Bounds) => {
        if (side > 0) to.raise(position, at, Infinity);
        else to.raise(position, -Infinity, isInput ? at : below(at));
        if (unit !== undefined) this.prover.setLines(to, unit.layer, unit.at);
      };
      const own = isInput ? sides : [...sides, { position, at, side }];
      const child = { bounds, sides: own, depth: depth + 1, isStale: isInput || part.isStale };
      // What is below comes first, and leaves the bounds as they are.
      this.#waiting.push({ part: child, isShared: side < 0, change });
    }
  }

  /** By how much a leaf excludes its row, or the sum of its rows times weights: above 0 if it does. */
  boundOf(part: Part, node: Node): number {
    const { bounds } = part;
    const weights = numbers(node.rows ?? this.rows.map((_, r) => Number(r === node.row)), 'rows');
    if (weights.length !== this.rows.length || !weights.every((weight) => weight >= 0) || !weights.some(Boolean))
      refuse('a leaf names no row, or weights that do not fit the rows');
    if (bounds.isEmpty) return Infinity;
    const last = this.prover.graph.layers.length - 1;
    const form = new Float64Array(this.prover.graph.sizes[last + 1]);
    let [constant, size, isStrict] = [0, 0, false];
    this.rows.forEach((row, r) => {
      if (weights[r] === 0) return;
      isStrict ||= row.isStrict;
      constant += weights[r] * row.constant;
      size += weights[r] * Math.abs(row.constant);
      for (const [j, factor] of row.coefficients.entries()) {
        const p = this.prover.begins[last + 1] + j;
        form[j] -= weights[r] * factor;
        size += weights[r] * Math.abs(factor) * Math.max(Math.abs(bounds.lower[p]), Math.abs(bounds.upper[p]));
      }
    });
    const least = this.#with(part, node, (sides) => this.prover.least(bounds, last, form, sides));
    // A single row has no sums and no products.
    const slack = node.rows === undefined ? 0 : (this.rows.length + 4) * 2 ** -52 * size;
    if (isStrict && constant === 0 && slack === 0 && least >= 0) return Math.max(least, Number.MIN_VALUE);
    return least - constant - slack - 2 ** -51 * (Math.abs(least) + Math.abs(constant));
  }

  /** Where the input of a unit is among all numbers of the network. */
  positionOf(unit: unknown): number {
    return this.#unit(unit).position;
  }

  /** Undecided units: where their inputs and outputs are. */
  *undecided({ bounds }: Pick<Part, 'bounds'>): Generator<{
    readonly unit: readonly [number, number];
    readonly position: number;
    readonly output: number;
  }> {
    for (const [activation, k] of this.#activations.entries()) {
      const layer = this.prover.graph.layers[k];
      for (let i = 0; i < this.prover.graph.sizes[k + 1] && layer.kind === 'activation'; i++) {
        const position = this.#inputOf(k) + i;
        if (!isDecided(layer.of, bounds.lower[position], bounds.upper[position]))
          yield { unit: [activation, i], position, output: this.prover.begins[k + 1] + i };
      }
    }
  }

  /** A bound of one unit, which then holds in the whole part. */
  #claim(part: Part, claim: Node): void {
    const { layer, at } = this.#unit(claim.unit);
    const [tensor] = this.prover.graph.sources[layer];
    if (tensor === 0 || (claim.bound !== 'lower' && claim.bound !== 'upper'))
      refuse('a claim names no bound of a unit');
    const side = claim.bound === 'lower' ? 1 : -1;
    if (!part.bounds.isEmpty)
      this.#with(part, claim, (sides) => this.prover.raiseUnit(part.bounds, tensor - 1, at, side, sides));
    this.prover.setLines(part.bounds, layer, at);
  }

  /** Computes with the slopes and multipliers of a node or a claim. */
  #with<Result>(part: Part, node: Node, compute: (sides: readonly Multiplied[]) => Result): Result {
    const { sides, slopes } = this.#choicesOf(part, node);
    for (const [output, slope] of slopes) this.#setLines(part.bounds, output, slope);
    const result = compute(sides);
    for (const output of slopes.keys()) this.#setLines(part.bounds, output);
    return result;
  }

  /** `slopes`: by the position of the unit's output. */
  #choicesOf({ sides }: Part, node: Node): { readonly sides: Multiplied[]; readonly slopes: Map<number, number> } {
    const slopes = numbers(node.slopes ?? [], 'slopes');
    const multipliers = numbers(node.multipliers ?? [], 'multipliers');
    if (slopes.length % 3 !== 0 || multipliers.length % 2 !== 0) refuse('slopes are triples, multipliers are pairs');
    const chosen = { sides: [] as Multiplied[], slopes: new Map<number, number>() };
    for (let m = 0; m < multipliers.length; m += 2) {
      if (!(multipliers[m + 1] >= 0)) refuse(`a multiplier is ${multipliers[m + 1]}, below 0`);
      const side = sides[whole(multipliers[m], sides.length, 'the split of a multiplier')];
      chosen.sides.push({ ...side, multiplier: multipliers[m + 1] });
    }
    for (let s = 0; s < slopes.length; s += 3) {
      if (!(slopes[s + 2] >= 0 && slopes[s + 2] <= 1)) refuse(`a slope is ${slopes[s + 2]}, not between 0 and 1`);
      chosen.slopes.set(this.#unit([slopes[s], slopes[s + 1]]).output, slopes[s + 2]);
    }
    return chosen;
  }

  #setLines(bounds: Bounds, output: number, slope?: number): void {
    const layer = this.#activations.findLast((k) => this.prover.begins[k + 1] <= output)!;
    this.prover.setLines(bounds, layer, output - this.prover.begins[layer + 1], slope);
  }

  /** Where what goes into an activation begins. */
  #inputOf(layer: number): number {
    return this.prover.begins[this.prover.graph.sources[layer][0]];
  }

  /** [a, i]: unit i of the a-th activation of the network, both from 0; where its input and its output are. */
  #unit(unit: unknown): Unit {
    const [activation, of] = list(unit, 'unit');
    const layer = this.#activations[whole(activation, this.#activations.length, 'activation')];
    const at = whole(of, this.prover.graph.sizes[layer + 1], 'unit');
    return { layer, at, position: this.#inputOf(layer) + at, output: this.prover.begins[layer + 1] + at };
  }
}

interface Unit {
  readonly layer: number;
  readonly at: number;
  readonly position: number;
  readonly output: number;
}

/** The largest float64 below a number. */
function below(at: number): number {
  if (at === 0) return -Number.MIN_VALUE;
  const bits = new BigInt64Array(Float64Array.of(at).buffer);
  bits[0] += at > 0 ? -1n : 1n;
  return new Float64Array(bits.buffer)[0];
}
