import { seededRandom } from '@mipnet/dataset/stored';
import { inputSize, isContinuous, piecesOf, type Network } from '@mipnet/network';
import { onFloat32, project } from '../project.js';
import { isUnsafe, requireFit, unsafeValue, type Query } from '../query.js';
import { centreOf, contains } from '../region.js';
import { coordinateAttack } from './coordinate-attack.js';
import { gradientAttack } from './gradient-attack.js';
import { prepareScore, type Score } from './score.js';

export interface AttackOptions {
  /** @default 0 */
  readonly seed?: number;
  /** Points that the gradient attack improves at once in a restart. @default 16 */
  readonly points?: number;
  /** Gradient steps of a restart. @default 60 */
  readonly iterations?: number;
  /**
   * Number of restarts: the first uses the derivative, the second a leaky one from other starts, and so on in turn.
   * @default 2
   */
  readonly restarts?: number;
  /** Evaluations of the coordinate search of a restart, for networks with jumps. @default 4000 */
  readonly evaluations?: number;
  /** Points to begin with. */
  readonly starts?: readonly Float64Array[];
  /** Asked at every point; true ends the attack with the best point so far. */
  readonly stopped?: () => boolean;
}

export interface AttackResult {
  /**
   * An unsafe input by the float64 forward pass, in the region, on float32 numbers; to be replayed. Undefined: none
   * found, which proves nothing.
   */
  readonly witness?: Float64Array;
  /** The most unsafe point so far and its unsafe value: a start for a MIP. */
  readonly point: Float64Array;
  readonly value: number;
  /** Points that were evaluated. */
  readonly evaluations: number;
  readonly seconds: number;
}

/**
 * Searches an unsafe input before anything expensive is tried. Seeded: the same arguments give the same answer (unless
 * `stopped` ends it).
 * @throws VerificationError 'query' if the query does not fit the network; NetworkError as `validateNetwork`
 */
export function findWitness(network: Network, query: Query, options: AttackOptions = {}): AttackResult {
  const score = prepareScore(network);
  requireFit(query, inputSize(network), score.outputSize);
  return attack(score, query, hasJumps(network), options);
}

/** The same on a prepared network, for many queries about one network. */
export function attack(score: Score, query: Query, jumps: boolean, options: AttackOptions = {}): AttackResult {
  const { seed = 0, points = 16, iterations = 60, restarts = 2, evaluations = 4000, starts = [], stopped } = options;
  const began = performance.now();
  const search = new Search(score, query, stopped);
  const inspect = search.inspect.bind(search);
  for (let restart = 0; restart < restarts && !search.done; restart++) {
    const random = seededRandom(seed, 'attack', restart);
    gradientAttack(score, query, {
      points,
      iterations,
      warmUp: restart === 0 ? 0 : Math.floor(iterations / 4),
      leaky: restart % 2 === 1,
      starts: restart === 0 ? starts : [],
      random,
      inspect,
    });
    if ((jumps || query.region.choices !== undefined) && !search.done)
      coordinateAttack(score, query, { start: search.point, evaluations, random, inspect });
  }
  return {
    witness: search.witness,
    point: search.point,
    value: search.value,
    evaluations: search.evaluations,
    seconds: (performance.now() - began) / 1000,
  };
}

/** Whether an output can jump: then the gradient is only a guess, and scores may tie. */
export const hasJumps = (network: Network): boolean =>
  network.layers.some(
    (layer) => layer.kind === 'quantize' || (layer.kind === 'activation' && !isContinuous(piecesOf(layer))),
  );

/** Keeps the best of all points, and says when one is good enough. */
class Search {
  point: Float64Array;
  value = -Infinity;
  witness: Float64Array | undefined;
  evaluations = 0;
  done = false;
  #witnessValue = -Infinity;

  constructor(
    private readonly score: Score,
    private readonly query: Query,
    private readonly stopped: (() => boolean) | undefined,
  ) {
    this.point = project(query.region, centreOf(query.region));
  }

  /** A point that is not on the choices of its inputs is moved there first. */
  inspect(found: Float64Array, itsValue: number, isFoundUnsafe: boolean): boolean {
    const { region, unsafe: conjunctions } = this.query;
    let [point, value, unsafe] = [found, itsValue, isFoundUnsafe];
    if (region.choices !== undefined && !contains(region, found)) {
      point = project(region, found);
      const outputs = this.score.outputs(point, 1);
      [value, unsafe] = [unsafeValue(conjunctions, outputs), isUnsafe(conjunctions, outputs)];
      this.evaluations++;
    }
    this.evaluations++;
    if (value > this.value) {
      this.value = value;
      this.point = point.slice();
    }
    if (unsafe && value > this.#witnessValue) this.#keep(point);
    if (this.stopped?.()) this.done = true;
    return this.done;
  }

  /**
   * A witness is good enough if rounding errors of float32 cannot make it safe; a weaker one is kept while the search
   * continues.
   */
  #keep(point: Float64Array): void {
    const snapped = onFloat32(this.query.region, point.slice());
    if (snapped === undefined) return;
    const outputs = this.score.outputs(snapped, 1);
    const value = unsafeValue(this.query.unsafe, outputs);
    if (!isUnsafe(this.query.unsafe, outputs) || value <= this.#witnessValue) return;
    this.witness = snapped;
    this.#witnessValue = value;
    const scale = outputs.reduce((most, output) => Math.max(most, Math.abs(output)), 0);
    this.done = value > 0 && value >= 1e-4 * scale;
  }
}
