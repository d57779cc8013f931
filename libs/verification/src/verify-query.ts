import { inputSize, outputSize, type Network } from '@mipnet/network';
import { closestWitness } from './attack/closest-witness.js';
import { findWitness, type AttackOptions, type AttackResult } from './attack/find-witness.js';
import type { StepName } from './effort.js';
import { onFloat32, project } from './project.js';
import type { OnnxRuntime } from './onnx-runtime.js';
import { centreOf, distance, middleOf } from './region.js';
import { passOf } from './prepared-pass.js';
import { isUnsafe, requireFit, type Query } from './query.js';
import { differenceOf, disagreement, type SettledBy, type Verdict, type VerdictName } from './verdict.js';
import { VerificationError } from './verification-error.js';
import { verifyByBounds, type BoundOutputs, type BoundsVerdict } from './verify-by-bounds.js';
import { replayWitness, type Witness } from './witness.js';

/** What branching and MIP say about a query. */
export interface Proof {
  /** No input of the region is unsafe, certified. */
  readonly robust: boolean;
  /** Certified lower bound on the minimum that `Verdict` describes, over the given query; null if none is known. */
  readonly bound: number | null;
  /** Incumbents, best first, to be replayed. */
  readonly points: readonly Float64Array[];
  /** The step that proved it or found the points. @default 'mip' */
  readonly by?: SettledBy;
  /** Why it decides nothing, if a limit is not the reason. */
  readonly reason?: string;
  /** If it excludes some conjunctions: the positions of the others, and a bound over those that it excludes. */
  readonly left?: { readonly open: readonly number[]; readonly settledBound: number };
}

/** Judges points during a proof. */
export interface Witnesses {
  /** Replays a point. @returns whether it is a witness and, for `closest`, nearer than all before */
  readonly offer: (point: Float64Array, by: SettledBy) => Promise<boolean>;
  /** For `closest`: distance of the nearest witness; infinite without one. */
  readonly nearest: () => number;
}

/** Witnesses by the forward pass alone: for callers that replay the points of a proof later. */
export function witnessesByForward(network: Network, { region, unsafe, goal }: Query): Witnesses {
  let nearest = Infinity;
  return {
    nearest: () => nearest,
    offer: async (point) => {
      const snapped = onFloat32(region, point);
      if (snapped === undefined || !isUnsafe(unsafe, passOf(network)(snapped, 1))) return false;
      if (goal === 'any' || region.ball === undefined) return true;
      const isNearer = distance(region.ball, snapped) < nearest;
      if (isNearer) nearest = distance(region.ball, snapped);
      return isNearer;
    },
  };
}

/**
 * Decides a query by MIP within limits of its own. `start`: the best point known, unsafe or not; `witnesses`: by
 * default by the forward pass.
 */
export type ProveQuery = (network: Network, query: Query, start: Float64Array, witnesses?: Witnesses) => Promise<Proof>;

/** The steps of a verification, cheap ones first. A step that is left out is skipped. */
export interface Steps {
  readonly boundOutputs?: BoundOutputs;
  /** `false`: no attack. */
  readonly attack?: AttackOptions | false;
  /** A cheap proof, tried after a short attack and before the long one. */
  readonly proveShortly?: ProveQuery;
  readonly prove?: ProveQuery;
  /** Called when a step begins. */
  readonly onStep?: (step: StepName) => void;
}

/**
 * Answers one query: forward pass at the centre, bounds, attack, MIP, until one decides it. The attack and the MIP get
 * only the conjunctions that the bounds leave undecided. Every witness is replayed; a point that the replay refuses is
 * no witness. The ONNX runtime decides what is unsafe: the best point of an attack is replayed even if float64 finds it
 * safe. If a sum may leave the range of float32, nothing is proven, and the verdict's reason names the layer.
 * @param runtime the network's ONNX model in the ONNX runtime
 * @throws VerificationError 'query' if the query does not fit, 'runtime' if the replay cannot run, 'certificate' if
 *   a proof contradicts a replayed point
 */
export async function verifyQuery(
  network: Network,
  runtime: OnnxRuntime,
  query: Query,
  steps: Steps,
): Promise<Verdict> {
  const began = performance.now();
  requireFit(query, inputSize(network), outputSize(network));
  const closest = query.goal === 'closest';
  let bound: number | null = closest ? 0 : null;
  let best: number | null = null;
  let witness: Witness | undefined;
  let by: SettledBy | null = null;
  let reason: string | undefined;

  let overflow: string | undefined;

  const verdict = (name: VerdictName): Verdict => {
    const disagrees = witness?.float64Disagrees && disagreement;
    const said = [overflow, reason, disagrees].filter(Boolean).join('; ') || undefined;
    return {
      verdict: name,
      by,
      bound,
      best,
      gap: differenceOf(best, bound),
      witness,
      ...(said === undefined ? {} : { reason: said }),
      seconds: (performance.now() - began) / 1000,
    };
  };
  const confront = (known: number | null) => {
    if (bound === null || known === null || bound <= known) return;
    throw new VerificationError(
      'certificate',
      `a bound of ${bound} was proven, but a point with ${known} is known; solve again without presolve`,
    );
  };
  const raise = (proven: number | null) => {
    if (proven !== null && (bound === null || proven > bound)) bound = proven;
    confront(best);
  };
  /**
   * Replays a point and keeps it if it is a better witness.
   * @returns whether it is a witness and, for `closest`, better
   */
  const offer = async (point: Float64Array, from: SettledBy): Promise<boolean> => {
    const replay = await replayWitness(network, runtime, query, point);
    if (!closest && !replay.accepted && replay.value !== undefined) best = Math.min(best ?? Infinity, -replay.value);
    if (!replay.accepted) return false;
    const value = closest ? (replay.witness.distance as number) : -replay.witness.value;
    if (witness !== undefined && best !== null && value >= best) return !closest;
    witness = replay.witness;
    best = best === null ? value : Math.min(best, value);
    by = from;
    return true;
  };
  const witnesses: Witnesses = {
    nearest: () => witness?.distance ?? Infinity,
    offer: async (point, from) => {
      const snapped = onFloat32(query.region, point);
      return snapped !== undefined && offer(snapped, from);
    },
  };

  steps.onStep?.('forward pass');
  const centre = middleOf(query.region);
  const middle = onFloat32(query.region, centreOf(query.region)) ?? centreOf(query.region);
  // A runtime in another thread answers while the bounds are computed.
  const replayed = replayWitness(network, runtime, query, middle);
  replayed.catch(() => undefined);
  const isUnsafeThere = centre !== undefined && isUnsafe(query.unsafe, passOf(network)(centre, 1));
  const { boundOutputs } = steps;
  const tryBounds = (): BoundsVerdict | undefined => {
    if (boundOutputs === undefined) return undefined;
    steps.onStep?.('bounds');
    return unlessOverflow(
      () => verifyByBounds(query, boundOutputs),
      (message) => (overflow = message),
    );
  };
  const meanwhile = isUnsafeThere ? undefined : tryBounds();
  steps.onStep?.('forward pass');
  const atMiddle = await replayed;
  if (centre !== undefined && (atMiddle.accepted || isUnsafeThere)) {
    await offer(middle, 'forward pass');
    if (witness === undefined) await offer(centre, 'forward pass');
    if (witness !== undefined) return verdict('misclassified');
  }

  let open = query;
  let settledBound = Infinity;
  const byBounds = isUnsafeThere ? tryBounds() : meanwhile;
  if (byBounds !== undefined) {
    if (!closest) raise(byBounds.bound);
    if (byBounds.robust) {
      by = 'bounds';
      if (closest) raise(query.region.ball?.radius ?? null);
      // No proof stands against the runtime itself.
      else
        confront(atMiddle.accepted ? -atMiddle.witness.value : atMiddle.value === undefined ? null : -atMiddle.value);
      return verdict('robust');
    }
    settledBound = closest ? Infinity : byBounds.settledBound;
    open = { ...query, unsafe: byBounds.open.map((k) => query.unsafe[k]) };
  }

  if (steps.attack !== false && steps.proveShortly !== undefined && overflow === undefined && !closest) {
    steps.onStep?.('attack');
    const { witness: found, point } = findWitness(network, open, { ...steps.attack, ...shortAttack });
    if (found !== undefined) await offer(found, 'attack');
    if (witness !== undefined) return verdict('adversarial');
    steps.onStep?.('branching');
    const proof = await steps.proveShortly(network, open, point, witnesses);
    for (const one of proof.points) await witnesses.offer(one, proof.by ?? 'branching');
    if (witness !== undefined) return verdict('adversarial');
    raise(proof.bound === null ? null : Math.min(proof.bound, settledBound));
    if (proof.robust) {
      by = proof.by ?? 'branching';
      confront(atMiddle.accepted ? -atMiddle.witness.value : atMiddle.value === undefined ? null : -atMiddle.value);
      return verdict('robust');
    }
    if (proof.left !== undefined) {
      settledBound = Math.min(settledBound, proof.left.settledBound);
      open = { ...open, unsafe: proof.left.open.map((k) => open.unsafe[k]) };
    }
  }

  let start: AttackResult | undefined;
  if (steps.attack !== false) {
    steps.onStep?.('attack');
    start = closest ? closestWitness(network, open, steps.attack) : findWitness(network, open, steps.attack);
    for (const point of [start.witness, onFloat32(query.region, start.point), middle])
      if (witness === undefined && point !== undefined) await offer(point, 'attack');
    raise(bound);
    if (witness !== undefined && !closest) return verdict('adversarial');
  }

  if (steps.prove !== undefined && overflow === undefined) {
    const proof = await steps.prove(
      network,
      open,
      start?.witness ?? start?.point ?? project(query.region, centreOf(query.region)),
      witnesses,
    );
    for (const point of proof.points) {
      const snapped = onFloat32(query.region, point);
      if (snapped !== undefined) await offer(snapped, proof.by ?? 'mip');
    }
    raise(proof.bound === null ? null : Math.min(proof.bound, settledBound));
    if (proof.robust) {
      if (witness !== undefined)
        throw new VerificationError(
          'certificate',
          'it was proven that no input is unsafe, but a witness is known: one of the two is wrong; report the network',
        );
      by = proof.by ?? 'mip';
      return verdict('robust');
    }
    reason = proof.reason;
  }
  return verdict(witness === undefined ? 'unresolved' : 'adversarial');
}

/** About a tenth of what an attack takes by default. */
const shortAttack = { restarts: 1, points: 8, iterations: 20, evaluations: 0 };

/** Undefined if an overflow makes bounds impossible; the message is passed on. */
function unlessOverflow<Result>(compute: () => Result, tell: (message: string) => void): Result | undefined {
  try {
    return compute();
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    if (code !== 'overflow') throw error;
    tell(message ?? String(error));
    return undefined;
  }
}
