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
import type { Samples, Scenario } from './scenario.js';
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

/** The run's root: leaves below it, or nodes of leaves if one node would have too many. */
export const rootOf = ({ leaves, fanOut }: Scenario): ProblemNode => ({
  kind: 'train',
  name: `0 ${leaves}`,
  problem,
  splits: leaves <= fanOut ? ['leaves'] : ['nodes', 'leaves'],
});

/** The recursion's interface, without real work. A node's name holds its first leaf and the number of leaves. */
export class SimulatedDriver implements Driver {
  readonly window: number;
  readonly #lanes: OrchestratorLanes;

  constructor(
    clock: VirtualClock,
    private readonly cluster: Cluster,
    private readonly scenario: Scenario,
    private readonly samples: Samples,
    private readonly leafSeconds: (leaf: number) => number,
  ) {
    this.window = scenario.window;
    this.#lanes = new OrchestratorLanes(clock, cluster, 2 * scenario.orchestrators);
  }

  async divide(node: ProblemNode): Promise<readonly ProblemNode[]> {
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

  async solve(leaf: ProblemNode): Promise<Solved> {
    this.cluster.book();
    this.cluster.heldBack--;
    await this.cluster.solve(this.leafSeconds(parseInt(leaf.name, 10)));
    return sameForAll;
  }

  recurse(node: ProblemNode): Promise<Solved> {
    return solveTree(this, node);
  }

  async merge(node: ProblemNode, _state: RoundState, parts: readonly (Solved | undefined)[]): Promise<Merged> {
    await this.#lanes.run(this.samples.mergePerPart * parts.filter((part) => part !== undefined).length);
    return { solved: solved(node.name), again: false };
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
