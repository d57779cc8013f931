// Tested by simulate.unit.test.ts.
import {
  noLeaves,
  solveTree,
  type Driver,
  type Merged,
  type ProblemNode,
  type RoundState,
  type Solved,
} from '@mipnet/recursion';
import type { Cluster } from './cluster.js';
import type { Rounds, Samples, Scenario } from './scenario.js';
import type { VirtualClock } from './virtual-clock.js';

const problem = { key: 'simulated', sha256: '', bytes: 0 };

const solved = (name: string): Solved => ({
  name,
  objective: null,
  bound: null,
  accuracy: { train: null, validation: null },
  leaves: noLeaves,
  seconds: { solver: 0, merge: 0 },
  stopped: false,
});
const sameForAll = solved('leaf');

/** The run's root: rounds, or leaves below it, or nodes of leaves if one node would have too many. */
export const rootOf = ({ leaves, fanOut }: Scenario, rounds?: Rounds): ProblemNode => ({
  kind: 'train',
  name: `0 ${leaves}`,
  problem,
  splits: rounds ? ['rounds'] : leaves <= fanOut ? ['leaves'] : ['nodes', 'leaves'],
});

/** Name of the leaf that a round begins with. */
const serialLeaf = 'serial';

/** How long leaves take, seconds. */
export interface LeafSeconds {
  leaf(index: number): number;
  /** The next leaf that a round begins with. */
  serial(): number;
}

/** The recursion's interface, without real work. A node's name holds its first leaf and the number of leaves. */
export class SimulatedDriver implements Driver {
  readonly window: number;
  readonly #lanes: OrchestratorLanes;

  constructor(
    clock: VirtualClock,
    private readonly cluster: Cluster,
    private readonly scenario: Scenario,
    private readonly samples: Samples,
    private readonly times: LeafSeconds,
  ) {
    this.window = scenario.window;
    this.#lanes = new OrchestratorLanes(clock, cluster, 2 * scenario.orchestrators);
  }

  async divide(node: ProblemNode, state: RoundState): Promise<readonly ProblemNode[]> {
    if (node.splits[0] === 'rounds') return this.#divideRound(node, state);
    const [first, leaves] = node.name.split(' ').map(Number);
    const [split, ...splits] = node.splits;
    const size = split === 'nodes' ? Math.min(this.scenario.fanOut, leaves) : 1;
    const parts = Array.from({ length: Math.ceil(leaves / size) }, (_, i): ProblemNode => ({
      kind: node.kind,
      name: `${first + i * size} ${Math.min(size, leaves - i * size)}`,
      problem,
      splits,
    }));
    await this.#lanes.run(this.samples.dividePerPart * parts.length);
    this.cluster.book();
    if (split === 'leaves') this.cluster.heldBack += parts.length;
    return parts;
  }

  /** With a serial leaf, it and the parts take turns, as the rounds of `columns` do. */
  async #divideRound(node: ProblemNode, { round }: RoundState): Promise<readonly ProblemNode[]> {
    const { parts, serial } = this.samples.rounds!;
    const isSerial = serial !== undefined && round % 2 === 0;
    const first = (serial ? Math.floor(round / 2) : round) * parts;
    const names = isSerial ? [serialLeaf] : Array.from({ length: parts }, (_, i) => `${first + i} 1`);
    await this.#lanes.run(this.samples.dividePerPart * names.length);
    this.cluster.book();
    this.cluster.heldBack += names.length;
    return names.map((name) => ({ kind: node.kind, name, problem, splits: [] }));
  }

  async #solveSerial(): Promise<Solved> {
    this.cluster.serial = true;
    await this.cluster.solve(this.times.serial());
    this.cluster.book();
    this.cluster.serial = false;
    return sameForAll;
  }

  async solve(leaf: ProblemNode): Promise<Solved> {
    this.cluster.book();
    this.cluster.heldBack--;
    if (leaf.name === serialLeaf) return this.#solveSerial();
    await this.cluster.solve(this.times.leaf(parseInt(leaf.name, 10)));
    return sameForAll;
  }

  recurse(node: ProblemNode): Promise<Solved> {
    return solveTree(this, node);
  }

  async merge(node: ProblemNode, { round }: RoundState, parts: readonly (Solved | undefined)[]): Promise<Merged> {
    await this.#lanes.run(this.samples.mergePerPart * parts.filter((part) => part !== undefined).length);
    const { count = 1, serial } = node.splits[0] === 'rounds' ? this.samples.rounds! : {};
    return { solved: solved(node.name), again: round + 1 < count * (serial ? 2 : 1) };
  }

  stopped(): boolean {
    return false;
  }

  async ready(): Promise<void> {}

  async checkpoint(): Promise<void> {}

  progress(): void {}
}

/** Divides and merges wait for a free place in an orchestrator. */
class OrchestratorLanes {
  readonly #freeAt: number[];

  constructor(
    private readonly clock: VirtualClock,
    private readonly cluster: Cluster,
    lanes: number,
  ) {
    this.#freeAt = Array.from({ length: lanes }, () => 0);
  }

  run(seconds: number): Promise<void> {
    let lane = 0;
    for (let other = 1; other < this.#freeAt.length; other++)
      if (this.#freeAt[other] < this.#freeAt[lane]) lane = other;
    this.#freeAt[lane] = Math.max(this.#freeAt[lane], this.clock.now) + seconds;
    this.cluster.book();
    this.cluster.orchestrating++;
    return new Promise((resolve) =>
      this.clock.at(this.#freeAt[lane], () => {
        this.cluster.book();
        this.cluster.orchestrating--;
        resolve();
        this.clock.letOthersRun();
      }),
    );
  }
}
