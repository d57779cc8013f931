// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
import type { Bounds, Prover, Term } from './bounds.js';
import type { Layer, Units } from './network.js';
import { mostSlope } from './piecewise.js';
import type { Row } from './property.js';
import { list, numbers, real, refuse, whole } from './refusal.js';

/** A node of a tree: see docs/certificates.md. Nothing about it is known before it is checked. */
export type Node = Readonly<Record<string, unknown>>;

/** A part of the box. */
export interface Part {
  readonly bounds: Bounds;
  readonly depth: number;
}

/** Search nodes from the root to a leaf; bytes of the bounds of parts that wait. */
const [mostDepth, mostBytes] = [10_000, 2 ** 31];

/**
 * The parts of a box in the order of a tree's nodes: a node, then all that is below its split, then all above it. Both
 * sides of a split make up the part that was split, so that the leaves make up the box.
 */
export class TreeWalk {
  readonly #waiting: Part[];
  readonly #activations: readonly (Units & Layer)[];

  constructor(
    readonly prover: Prover,
    root: Bounds,
    readonly rows: readonly Row[],
  ) {
    this.#waiting = [{ bounds: root.copy(), depth: 0 }];
    this.#activations = prover.network.layers.filter((layer) => layer.kind === 'units');
  }

  get isDone(): boolean {
    return this.#waiting.length === 0;
  }

  /** The part of the next node. */
  next(): Part {
    return this.#waiting.pop() ?? refuse('the tree has nodes after its end');
  }

  /** Chooses the lines that a node names, and computes the bounds of its part again if it says so. */
  prepare({ bounds }: Part, node: Node): void {
    const slopes = new Map<number, { lower?: number; upper?: number }>();
    for (const side of ['lower', 'upper'] as const)
      for (const [activation, unit, slope] of triples(node[side], side)) {
        if (!(Math.abs(slope) < mostSlope)) refuse(`a slope is ${slope}`);
        const { layer, at } = this.unit([activation, unit]);
        const number = layer.first + at;
        slopes.set(number, { ...slopes.get(number), [side]: slope });
        this.prover.setUnit(bounds, layer, at, slopes.get(number));
      }
    if (node.refresh === true) this.prover.refresh(bounds, slopes, this.#multipliers(node));
  }

  /** Puts both sides of a split in the line of parts: x <= at and x >= at, or of a unit z < at and z >= at. */
  split({ bounds, depth }: Part, node: Node): void {
    const unit = node.unit === undefined ? undefined : this.unit(node.unit);
    const number = unit?.number ?? 1 + whole(node.input, this.prover.network.inputs, 'input');
    const at = real(node.at, 'at');
    if (depth + 1 > mostDepth || this.#waiting.length * bounds.all.byteLength > mostBytes)
      refuse('the tree is too deep');
    const below = bounds.copy();
    below.raise(number, -Infinity, unit ? numberBelow(at) : at);
    bounds.raise(number, at, Infinity);
    for (const part of [bounds, below]) {
      if (unit) this.prover.setUnit(part, unit.layer, unit.at);
      this.#waiting.push({ bounds: part, depth: depth + 1 });
    }
  }

  /**
   * By how much a leaf excludes its part: above 0 if nowhere in it all rows hold. Weights >= 0 of the rows
   * c . y + d >= 0 make a sum that is at least 0 wherever they hold; the bound is of what this sum is below 0.
   */
  boundOf({ bounds }: Part, node: Node): number {
    const weights = numbers(node.rows, 'rows');
    if (weights.length !== this.rows.length || !weights.every((weight) => weight >= 0))
      refuse('a leaf has weights that do not fit the rows');
    if (bounds.isEmpty) return Infinity;
    const { outputs } = this.prover.network;
    const form = this.rows.flatMap(({ coefficients, constant }, r): Term[] =>
      weights[r] === 0
        ? []
        : [
            [0, -weights[r] * constant],
            ...Array.from(outputs, (number, j): Term => [number, -weights[r] * coefficients[j]]),
          ],
    );
    return this.prover.least(bounds, form, this.#multipliers(node));
  }

  /** [a, j]: unit j of the a-th activation of the network, both from 0; `number`: what it reads. */
  unit(named: unknown): { readonly layer: Units & Layer; readonly at: number; readonly number: number } {
    const [activation, unit] = list(named, 'unit');
    const layer = this.#activations[whole(activation, this.#activations.length, 'activation')];
    const at = whole(unit, layer.count, 'unit');
    return { layer, at, number: layer.sources[at] };
  }

  #multipliers(node: Node): Term[] {
    return triples(node.multipliers, 'multipliers').map(([a, j, m]): Term => [this.unit([a, j]).number, m]);
  }
}

function triples(value: unknown, what: string): (readonly [number, number, number])[] {
  const all = numbers(value ?? [], what);
  if (all.length % 3 !== 0) refuse(`${what} are no triples`);
  return Array.from({ length: all.length / 3 }, (_, k) => [all[3 * k], all[3 * k + 1], all[3 * k + 2]]);
}

/** The largest float64 below a number. */
function numberBelow(at: number): number {
  if (at === 0) return -Number.MIN_VALUE;
  const bits = new BigInt64Array(Float64Array.of(at).buffer);
  bits[0] += at > 0 ? -1n : 1n;
  return new Float64Array(bits.buffer)[0];
}
