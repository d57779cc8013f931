// Tested by prove-nearest.unit.test.ts.
import type { Network } from '@mipnet/network';
import type { SessionSolver } from '@mipnet/solver';
import { attack, hasJumps } from './attack/find-witness.js';
import { crossEdge } from './attack/cross-edge.js';
import { prepareScore } from './attack/score.js';
import { rememberedCrown } from './bound-outputs.js';
import { boundsByLp, tightened } from './bounds-by-lp.js';
import { excludeByBranching } from './exclude-by-branching.js';
import { excludeConjunction, type Exclusion } from './exclude-conjunction.js';
import { withoutMip } from './model-size.js';
import { over, remainingOf, type ProveOptions } from './prove-options.js';
import type { Query } from './query.js';
import { distance, shrunk, type Ball } from './region.js';
import { nearestTolerance, type SettledBy } from './verdict.js';
import { verifyByBounds } from './verify-by-bounds.js';
import type { Proof, Witnesses } from './verify-query.js';

/**
 * Number of radii that branching may leave undecided before MIPs follow, and its fraction of the remaining time per
 * radius.
 */
const [mostUndecided, branchingShare] = [3, 0.15];

/** The same number where no MIP follows. */
const mostWithoutMip = 20;

/**
 * A solve ends at an incumbent that is nearer by this factor: the smaller ball makes the next solve much easier.
 */
const muchNearer = 0.8;

/** At most this many points of a MIP, the best ones, are tried as witnesses. */
const mostPoints = 3;

/**
 * After this many attacks in a row without a nearer witness the search ends, if there is no limit, or if the MIPs have
 * ended, so that the bound cannot rise any more.
 */
const mostAttacks = 20;

/**
 * The nearest witness and a lower bound on the distance of any witness, each improved until they agree within
 * `nearestTolerance` or the time is up:
 *
 * 1. Bisection on the radius by branch and bound: a radius is excluded, certified, or a witness in it is found.
 * 2. MIPs `min r`, one per conjunction, in the ball of the nearest witness: inputs farther away do not matter, and
 *    bounds on a smaller ball are tighter. Their optimum lies on the boundary; crossEdge moves beyond it for the
 *    replay.
 * 3. Attacks in the ball that is left.
 */
export async function proveNearest(
  solver: SessionSolver,
  network: Network,
  query: Query,
  witnesses: Witnesses,
  options: ProveOptions,
): Promise<Proof> {
  const search = new NearestSearch(solver, network, query, witnesses, options);
  if (options.branching !== false) await search.byBranching();
  await search.bySolver();
  await search.byAttack();
  return search.proof();
}

class NearestSearch {
  #bound = 0;
  #by: 'branching' | 'mip' = 'mip';
  /** All MIPs have ended by themselves. */
  #exhausted = false;
  #endedEarly = false;
  readonly #points: Float64Array[] = [];
  readonly #score;
  readonly #ball: Ball;
  readonly #jumps: boolean;
  /** Why there is no MIP. */
  readonly #withoutMip: string | undefined;

  constructor(
    private readonly solver: SessionSolver,
    private readonly network: Network,
    private readonly query: Query,
    private readonly witnesses: Witnesses,
    private readonly options: ProveOptions,
  ) {
    this.#score = prepareScore(network);
    this.#ball = query.region.ball!;
    this.#jumps = hasJumps(network);
    this.#withoutMip = withoutMip(network, query);
  }

  /** No step considers inputs beyond this distance. */
  get #reach(): number {
    return Math.min(this.witnesses.nearest(), this.#ball.radius);
  }

  get #isOver(): boolean {
    return this.#reach - this.#bound <= nearestTolerance * this.#reach || over(this.options);
  }

  async byBranching(): Promise<void> {
    let ceiling = Infinity;
    const most = this.#withoutMip === undefined ? mostUndecided : mostWithoutMip;
    for (let undecided = 0; undecided < most && !this.#isOver;) {
      const reach = this.#reach;
      ceiling = Math.min(ceiling, reach);
      const radius = this.#nextRadius(reach, ceiling);
      const within: Query = { ...this.#within(radius), goal: 'any' };
      this.options.onProgress?.({ step: 'branching', open: within.unsafe.length, bound: this.#bound });
      const end = branchingShare * remainingOf(this.options);
      const began = remainingOf(this.options);
      const { open, witness } = excludeByBranching(this.network, within, rememberedCrown(this.network), {
        remaining: () => (began === Infinity ? Infinity : end - (began - remainingOf(this.options))),
        stopped: this.options.stopped,
      });
      if (witness !== undefined) await this.#offer(witness, 'branching');
      if (open.length === 0) this.#raise(radius, 'branching');
      else if (!(witness !== undefined && this.#reach < reach)) {
        undecided++;
        ceiling = radius;
      }
    }
  }

  /** The whole ball if no witness is known, the last step if the two numbers are close, otherwise the middle. */
  #nextRadius(reach: number, ceiling: number): number {
    if (this.witnesses.nearest() > reach && ceiling === reach) return reach;
    if (ceiling === reach && reach - this.#bound <= 0.02 * reach) return reach * (1 - nearestTolerance / 2);
    return (this.#bound + ceiling) / 2;
  }

  async bySolver(): Promise<void> {
    if (this.#withoutMip !== undefined) return;
    while (!this.#isOver && (await this.#round()) === 'much nearer');
  }

  /** Bounds, LPs and MIPs in the ball of the nearest witness. */
  async #round(): Promise<'much nearer' | 'done'> {
    const { solver, network, options } = this;
    const reach = this.#reach;
    const within = this.#within(reach);
    const bounds = tightened(solver, network, within, options);
    const { open } = verifyByBounds(
      within,
      boundsByLp(solver, network, () => bounds, options),
    );
    let least = reach;
    for (const [done, index] of open.entries()) {
      if (over(options)) return 'done';
      const exclude = (enough: number): Promise<Exclusion> =>
        excludeConjunction(
          options.mip ?? solver,
          { network, query: within, conjunction: within.unsafe[index], bounds, start: this.#ball.centre },
          {
            ...options,
            enough,
            onProgress: (progress) =>
              options.onProgress?.({
                step: 'mip',
                open: open.length - done,
                bound: progress.bound,
                nodes: progress.nodes,
              }),
          },
        );
      const first = await exclude(muchNearer * reach);
      await this.#offerBest(first);
      if (this.#reach < muchNearer * reach) return 'much nearer';
      // An incumbent ended the solve that its replay does not confirm: without that end.
      const result = first.enough ? await exclude(0) : first;
      if (first.enough) await this.#offerBest(result);
      least = Math.min(least, result.bound ?? 0);
    }
    this.#exhausted = !over(options);
    this.#raise(least, 'mip');
    return 'done';
  }

  /**
   * Bisection between the nearest witness and the largest radius at which attacks failed, repeated with other seeds.
   */
  async byAttack(): Promise<void> {
    this.options.onProgress?.({ step: 'attack', open: this.query.unsafe.length, bound: this.#bound });
    let low = this.#bound;
    const mayEnd = this.#exhausted || remainingOf(this.options) === Infinity;
    for (let round = 0, failed = 0; !this.#isOver; round++) {
      if (mayEnd && failed === mostAttacks) {
        this.#endedEarly = this.#exhausted;
        return;
      }
      const reach = this.#reach;
      if (reach - low <= nearestTolerance * reach) low = this.#bound;
      const radius = (low + reach) / 2;
      const found = attack(this.#score, this.#within(radius), this.#jumps, {
        seed: 1000 + round,
        starts: this.#points.slice(0, 4),
        stopped: () => this.#isOver,
      });
      if (found.witness !== undefined) await this.#offer(found.witness, 'attack');
      if (this.#reach < reach) failed = 0;
      else {
        low = radius;
        failed++;
      }
    }
  }

  proof(): Proof {
    const { radius } = this.#ball;
    const robust = this.#bound >= radius && this.witnesses.nearest() === Infinity;
    const isOpen = !robust && this.#reach - this.#bound > nearestTolerance * this.#reach;
    return {
      robust,
      bound: Math.min(this.#bound, radius),
      points: this.#points,
      by: this.#by,
      reason: !isOpen
        ? undefined
        : this.#withoutMip !== undefined
          ? this.#withoutMip
          : this.#exhausted
            ? `the MIP has ended at an input on the boundary of the unsafe set, where the solver's ` +
              'tolerance or rounding decides, and no nearer one is confirmed by its ' +
              `replay${this.#endedEarly ? '; many attacks in a row found nothing nearer, so the rest of the time is not used' : ''}`
            : undefined,
    };
  }

  #raise(bound: number, by: 'branching' | 'mip'): void {
    if (bound <= this.#bound) return;
    this.#bound = bound;
    this.#by = by;
  }

  async #offer(point: Float64Array, by: SettledBy): Promise<void> {
    this.#points.unshift(point);
    const from = {
      point,
      most: this.#reach - distance(this.#ball, point),
      jumps: this.#jumps,
      stopped: () => over(this.options),
    };
    await crossEdge(this.#score, this.query, from, (candidate) => this.witnesses.offer(candidate, by));
  }

  async #offerBest({ points }: Exclusion): Promise<void> {
    for (const point of points.slice(0, mostPoints)) await this.#offer(point, 'mip');
  }

  #within(radius: number): Query {
    return { ...this.query, region: shrunk(this.query.region, radius) };
  }
}
