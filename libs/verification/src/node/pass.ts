import type { SessionSolver, Solver, SolveProgress } from '@mipnet/solver';
import { behindPrefix } from '../behind-prefix.js';
import { EffortClock, undecidedIn, type UndecidedUnits } from '../effort.js';
import { boundOutputsOf, rememberedOutputs } from '../bound-outputs.js';
import { proveByMip } from '../prove-by-mip.js';
import { proveShortly } from '../prove-shortly.js';
import { over, type ProveOptions } from '../prove-options.js';
import type { Query } from '../query.js';
import type { Verdict } from '../verdict.js';
import { verifyByBounds } from '../verify-by-bounds.js';
import { joined } from '../verify-property.js';
import { verifyQuery, type Steps } from '../verify-query.js';
import { isSettled, unresolved, type Answer } from './answer.js';
import { leastOf } from './merge-passes.js';
import type { OpenNetwork } from './open-network.js';
import type { Question } from './questions.js';
import type { OpenClass } from './verification-problem.js';

/** What an answer is worked out with. */
export interface Tools extends OpenNetwork {
  /** Of the LPs: loaded when the first one is solved. */
  readonly solver: () => Promise<SessionSolver>;
  /** Of the MIPs. */
  readonly mip: Solver;
}

export interface PassOptions {
  /** Wall-clock seconds for all steps together. */
  readonly seconds: number;
  /** Seed of the attack: another pass tries other points. */
  readonly seed: number;
  readonly onProgress?: (progress: SolveProgress) => void;
  readonly stopped?: () => boolean;
}

/** All classes of a question. */
export const classesOf = ({ queries }: Question): OpenClass[] =>
  queries.flatMap(({ unsafe }, query) => unsafe.map((_, conjunction): OpenClass => ({ query, conjunction })));

/**
 * A pass at some classes of a question: forward pass, bounds, attack and MIP on each of its queries. Conjunctions that
 * it does not decide stay undecided. An error makes the question unresolved, with the error as its reason, and does not
 * affect other questions.
 * @throws SolverError 'crash', VerificationError 'model'
 */
export async function passAt(
  tools: Tools,
  question: Question,
  classes: readonly OpenClass[],
  options: PassOptions,
): Promise<Answer> {
  const began = performance.now();
  const about = { name: question.name, label: question.label, closed: false };
  let verdict: Verdict = { ...unresolved, verdict: 'robust', by: 'empty region' };
  const told = (open: readonly OpenClass[], settledBound: number | null): Answer => ({
    ...about,
    verdict: { ...verdict, effort: clock.effort(undecided), seconds: (performance.now() - began) / 1000 },
    open,
    settledBound,
  });
  const limits = limitsOf(options, began);
  const clock = new EffortClock();
  let undecided: readonly UndecidedUnits[] = [];
  const open: OpenClass[] = [];
  let settledBound: number | null = Infinity;
  try {
    for (const [count, { query, its }] of partsOf(question, classes).entries()) {
      const { network, runtime, boundLayers } = tools;
      const inner = behindPrefix({ network, runtime, boundLayers, query });
      const boundOutputs = rememberedOutputs(boundOutputsOf(inner.network, inner.boundLayers, () => over(limits)));
      const steps = {
        boundOutputs,
        ...stepsOf({ ...tools, boundLayers: inner.boundLayers }, query, { ...options, clock }, limits),
      };
      const one = inner.restore(await verifyQuery(inner.network, inner.runtime, inner.query, steps));
      verdict = count === 0 ? one : joined(verdict, one);
      const settled = isSettled(query, one);
      if (settled && query.goal === 'any' && one.verdict !== 'robust') return told([], null);
      if (settled) settledBound = leastOf(settledBound, one.bound);
      else {
        const left = verifyByBounds(inner.query, boundOutputs);
        undecided = moreOpen(undecided, undecidedIn(inner.network, inner.boundLayers(inner.query.region.box)));
        open.push(...left.open.map((at) => its[at]));
        settledBound = leastOf(
          settledBound,
          query.goal === 'closest' ? (query.region.ball?.radius ?? Infinity) : left.settledBound,
        );
      }
    }
    // Of a property without a case, too.
    await tools.opening;
    return told(open, settledBound);
  } catch (error) {
    if (isFatal(error)) throw error;
    verdict = { ...unresolved, reason: error instanceof Error ? error.message : String(error) };
    return { ...told(classes, null), failed: true };
  }
}

/** The one that leaves more units open: a question is as hard as its hardest query. */
const moreOpen = (...some: readonly (readonly UndecidedUnits[])[]): readonly UndecidedUnits[] =>
  some.reduce((most, one) => (countOf(one) > countOf(most) ? one : most));

const countOf = (units: readonly UndecidedUnits[]): number => units.reduce((sum, { undecided }) => sum + undecided, 0);

/** The queries of a question that contain these classes, each restricted to them. */
function partsOf(
  { queries }: Question,
  classes: readonly OpenClass[],
): { readonly query: Query; readonly its: readonly OpenClass[] }[] {
  return queries.flatMap((query, at) => {
    const its = classes.filter((one) => one.query === at);
    return its.length === 0 && query.unsafe.length > 0
      ? []
      : [{ query: { ...query, unsafe: its.map(({ conjunction }) => query.unsafe[conjunction]) }, its }];
  });
}

/**
 * Fraction of the time of a pass for the nearest witness that the attack gets: it does not end earlier, and only the
 * rest can prove anything.
 */
const closestAttackShare = 0.4;

type Limits = Required<Pick<ProveOptions, 'remaining' | 'stopped'>>;

const limitsOf = ({ seconds, stopped }: PassOptions, began: number): Limits => ({
  remaining: () => seconds - (performance.now() - began) / 1000,
  stopped: () => stopped?.() ?? false,
});

function stepsOf(
  { boundLayers, solver, mip }: Tools,
  { goal }: Query,
  { seconds, seed, onProgress, clock }: PassOptions & { readonly clock: EffortClock },
  limits: Limits,
): Steps {
  return {
    onStep: (step) => clock.begin(step),
    attack: {
      seed,
      stopped: () => over(limits) || (goal === 'closest' && limits.remaining() < (1 - closestAttackShare) * seconds),
    },
    proveShortly: proveShortly({ ...limits, boundLayers }),
    prove: async (...question) => {
      const prove = proveByMip(await solver(), {
        ...limits,
        boundLayers,
        mip,
        onProgress: ({ step, bound, nodes }) => {
          clock.begin(step === 'tightening' || step === 'relaxation' ? 'lp' : step);
          if (nodes !== undefined) clock.count(nodes);
          onProgress?.({ step, objective: null, bound: bound ?? null, nodes: nodes ?? 0, work: 0 });
        },
      });
      return prove(...question);
    },
  };
}

/**
 * After a crash this thread's solver does not answer any more: another thread tries again. A model that the runtime
 * refuses is the same for all questions. Any other error affects this question alone.
 */
const isFatal = (error: unknown): boolean =>
  ['crash', 'model'].includes((error as { code?: string } | undefined)?.code ?? '');
