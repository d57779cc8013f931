import { undecidedUnits, type NetworkBounds } from '@mipnet/bounds';
import { networkShapes, readersOf, sizeOf, type Network } from '@mipnet/network';

/** What a verification does, in the order of its steps. `lp`: bounds of units and rows. */
export const stepNames = ['forward pass', 'bounds', 'attack', 'branching', 'lp', 'mip'] as const;
export type StepName = (typeof stepNames)[number];

/** Units of a layer whose piece the bounds of the whole region leave open. */
export interface UndecidedUnits {
  /** Position among the layers that were verified, from 0. */
  readonly layer: number;
  readonly undecided: number;
  readonly of: number;
}

/** What a question has cost, and how far its bounds got. */
export interface Effort {
  /** Of each step that was tried. */
  readonly seconds: Readonly<Partial<Record<StepName, number>>>;
  /** Nodes of branching and of MIPs. */
  readonly nodes: number;
  /** Layers before an activation with pieces, or a maximum; empty for a question that is decided. */
  readonly units: readonly UndecidedUnits[];
}

/** Notes when a step begins; the one before it has then ended. */
export class EffortClock {
  readonly #seconds: Partial<Record<StepName, number>> = {};
  #step: StepName | undefined;
  #since = 0;
  #nodes = 0;
  /** Of the search under way, whose count begins at 0. */
  #counted = 0;

  /** @param now of a clock, milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {}

  begin(step: StepName | undefined): void {
    const at = this.now();
    if (this.#step !== undefined)
      this.#seconds[this.#step] = (this.#seconds[this.#step] ?? 0) + (at - this.#since) / 1000;
    [this.#step, this.#since] = [step, at];
  }

  /** @param nodes so far of one search; a smaller number than before is that of the next one */
  count(nodes: number): void {
    if (nodes < this.#counted) this.#nodes += this.#counted;
    this.#counted = nodes;
  }

  /** Ends the step under way. */
  effort(units: readonly UndecidedUnits[]): Effort {
    this.begin(undefined);
    return { seconds: { ...this.#seconds }, nodes: this.#nodes + this.#counted, units };
  }
}

const kindsWithPieces: readonly string[] = ['activation', 'maxPool2d', 'quantize'];

/** Layers before those with pieces (activations, maxima, roundings), and how many units the bounds leave open. */
export function undecidedIn(network: Network, bounds: NetworkBounds): UndecidedUnits[] {
  const shapes = networkShapes(network);
  return readersOf(network).flatMap((readers, layer) => {
    if (!readers.some((reader) => kindsWithPieces.includes(network.layers[reader].kind))) return [];
    return [{ layer, undecided: undecidedUnits(network, layer, bounds).length, of: sizeOf(shapes[layer]) }];
  });
}

/** Of two parts of a question; the units are those of the part that leaves more of them open. */
export function addEfforts(one: Effort | undefined, other: Effort | undefined): Effort | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const seconds = Object.fromEntries(
    stepNames.flatMap((step) => {
      const sum = (one.seconds[step] ?? 0) + (other.seconds[step] ?? 0);
      return one.seconds[step] === undefined && other.seconds[step] === undefined ? [] : [[step, sum]];
    }),
  );
  const count = ({ units }: Effort): number => units.reduce((sum, { undecided }) => sum + undecided, 0);
  return {
    seconds,
    nodes: one.nodes + other.nodes,
    units: count(one) >= count(other) ? one.units : other.units,
  };
}
