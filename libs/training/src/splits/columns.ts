// Tested by columns.unit.test.ts.
import { piecesOf, withoutPlace, type Layer, type WeightDomain } from '@mipnet/network';
import { getDocument } from '@mipnet/object-store';
import * as z from 'zod';
import { scoredClasses, type ClassNeuron } from '../columns/class-neuron.js';
import { classParts, leftOpen, mostParts, type Division } from '../columns/class-parts.js';
import type { ClassPart, ColumnsState, ColumnsTask, NextRound, Priced, Prices } from '../columns/columns-task.js';
import type { Family } from '../columns/family.js';
import type { PricingEffort } from '../columns/pricing/pricing-task.js';
import { wholeOutputs, withWholeOutputs } from '../columns/whole-outputs.js';
import { farleyBound, targetOf } from '../columns/whole-duals.js';
import { putIncumbent } from '../problem/documents.js';
import { denseAt, firstFree } from '../problem/free-layers.js';
import { closedGap, statusOf, type Incumbent, type Stage } from '../problem/incumbent.js';
import { TrainingError } from '../problem/training-error.js';
import type { TrainingProblem } from '../problem/training-problem.js';
import { atMost } from './option-types.js';
import { defineSplit, type MergedRound, type Part, type Round } from './split.js';

const weightDomain = z
  .string()
  .regex(/^(ternary|binary|integer\([1-9]\d{0,2}\))$/, 'ternary, binary or integer(P) with P up to 999');

const options = z.strictObject({
  weights: z
    .number()
    .int()
    .nonnegative()
    .max(1000)
    .default(5)
    .describe('weights of a hidden neuron that are not 0, at most'),
  domain: weightDomain.default('ternary').describe('domain of these weights'),
  activation: z.enum(['sign', 'step']).default('sign').describe('of the hidden neurons'),
  cost: z
    .number()
    .positive()
    .max(1e6)
    .default(0.1)
    .describe(
      'of a sample that misses the margin by 1; an output weight of 1 costs 1, so that a larger cost gives more ' +
        'neurons',
    ),
  alpha: z
    .string()
    .regex(/^(real|integer\([1-9]\d{0,5}\))$/, 'real, or integer(P) with P up to 999999')
    .default('real')
    .describe('domain of the output weights'),
  rounds: atMost(10_000).default(100).describe('rounds of pricing at most'),
  add: atMost(1000).default(20).describe('neurons that join in a round, at most'),
  parts: atMost(1000)
    .default(8)
    .describe('parts of the family that are searched at the same time; with several classes shared among them'),
  search: atMost(1_000_000)
    .default(2000)
    .describe('million additions that a round searches for, over all parts; few of them give weaker neurons'),
});
type Columns = z.infer<typeof options>;

/**
 * Column generation over hidden neurons. The scores s_k(x) = sum_t output_kt h_t(x) + bias_k of the classes may use any
 * neuron h_t of a family, and
 *
 *     cost * sum_i weight_i max(0, max over c != y_i of 1 - s_{y_i}(x_i) + s_c(x_i)) + sum_kt |output_kt|
 *
 * is minimised over all of them: a linear program with a column per neuron and class. With two classes there is one
 * score f, and the loss is max(0, 1 - y_i f(x_i)). Rounds alternate. The master LP, one part, finds the best network of
 * the neurons so far and a price (dual) of every row and rival class. Pricing, in parts that partition the family by
 * the first input a neuron reads, per class, finds the neurons that improve it most. Every round of pricing proves a
 * lower bound on the whole problem (Farley). If no neuron improves, the network is optimal over the whole family.
 *
 * Sources: Bengio et al. 2005 (convex neural networks); Demiriz, Bennett, Shawe-Taylor 2002 (LPBoost); Crammer and
 * Singer 2001 (the loss of several classes).
 */
export const columns = defineSplit<Columns>({
  name: 'columns',
  options,
  ofProblem: ['weights', 'domain', 'activation', 'cost', 'alpha'],

  refusalBehind: (_, [next]) =>
    next === undefined
      ? undefined
      : `${next.name} cannot follow columns: columns divides the family of neurons itself; ` +
        (next.name === 'branches' ? 'leave branches out' : `put ${next.name} first`),

  prepare(stated, spec) {
    const at = stated.free.findLastIndex((layer) => layer !== null);
    const out = stated.network.layers[at];
    const [first] = stated.objectives;
    if (out?.kind !== 'dense' || first.kind !== 'fit') return stated;
    if (first.loss !== 'hinge' || first.margin !== 1 || first.sparsity !== 0 || stated.objectives.length > 1)
      throw new TrainingError(
        'problem',
        'objectives: columns minimises the hinge loss and the sum of the output weights, which columns.cost weighs; ' +
          'give [fit] or [{fit: {loss: hinge}}] alone, with margin 1 and without sparsity',
      );
    if (stated.free[at]?.domain !== 'ternary' || !stated.free[at].bias)
      throw new TrainingError(
        'problem',
        'network: columns.alpha says the domain of the output weights, and their bias is always free; leave weights, ' +
          'bound and bias of the last layer out',
      );
    const plain = withoutPlace(out);
    const hidden: Layer = {
      ...plain,
      ...(out.from ? { from: out.from } : {}),
      outputs: 1,
      weights: new Float64Array(out.inputs),
      bias: new Float64Array(1),
    };
    const activation: Layer = { kind: 'activation', activation: spec.activation };
    const outputs: Layer = { ...plain, inputs: 1, weights: new Float64Array(out.outputs) };
    const put = <T>(list: readonly T[], ...layers: readonly T[]): T[] => [
      ...list.slice(0, at),
      ...layers,
      ...list.slice(at + 1),
    ];
    return {
      network: {
        ...stated.network,
        layers: put(stated.network.layers, hidden, activation, outputs),
      },
      free: put(stated.free, { domain: spec.domain as WeightDomain, bias: true }, null, {
        domain: spec.alpha as WeightDomain,
        bias: true,
      }),
      objectives: [{ ...first, cost: spec.cost, sparsity: 1, of: 'outputs' }],
    };
  },

  check(problem) {
    const { name, network, view, splits } = problem;
    // The last layer with weights; what stands before the hidden one may be free, too, until layers freezes it.
    const at = problem.free.findLastIndex((layer) => layer !== null);
    // Behind pairs, every part has two classes.
    const classes = splits.some((spec) => spec.name === 'pairs') ? 2 : view.classes.length;
    const wanted = scoredClasses(classes).length;
    const out = network.layers[at];
    if (out?.kind !== 'dense' || out.outputs !== wanted)
      throw new TrainingError(
        'problem',
        `${name}: columns trains a network with ${wanted === 1 ? 'one output' : `${wanted} outputs`} on ${classes} ` +
          `classes, and here its last layer has ${out?.kind === 'dense' ? out.outputs : 0}; end the network with ` +
          `{dense: ${wanted}}`,
      );
    const last = network.layers[at + 1];
    if (last?.kind === 'activation' && (wanted > 1 || piecesOf(last).pieces.some(({ slope }) => slope < 0)))
      throw new TrainingError(
        'problem',
        `${name}: columns decides by the scores as they are, and ${last.activation} behind them decides otherwise; ` +
          'leave activation out of the last layer',
      );
  },

  async divide(round) {
    const { problem, spec, state, current, store } = round;
    const next = nextOf(current);
    if (next.kind === 'master') {
      const before = current && (await putIncumbent(store, current));
      const task: ColumnsTask = { kind: 'master', family: familyOf(spec), cost: spec.cost, before, added: next.added };
      return [leafOf(problem, `master, round ${state.round}`, task, before !== undefined)];
    }
    if (next.kind === 'end') return [];
    if (next.kind === 'outputs') return [wholeOutputs(problem, current!)];
    const { columns: known } = current as WithColumns;
    const parts = partsOf(problem, spec, next);
    return parts.map(({ class: of, part }) => {
      const task: ColumnsTask = {
        kind: 'pricing',
        family: familyOf(spec),
        data: known.data,
        prices: known[next.prices],
        class: of,
        part,
        most: spec.add,
        effort: effortOf(round, next.kind, parts.length),
      };
      const which = problem.view.classes.length === 2 ? '' : ` of class ${problem.view.classes[of]}`;
      return leafOf(problem, `neurons${which} that begin with inputs ${part.from} to ${part.to - 1}`, task, true);
    });
  },

  // A master before and after every pricing.
  rounds: roundsOf,

  roundName: ({ spec, state }, [part]) => ({
    name:
      `round ${state.round + 1} of up to ${roundsOf(undefined, spec)}: ` +
      (part?.columns?.kind === 'pricing' ? 'search for neurons' : part?.columns ? 'master' : 'whole output weights'),
    at: state.round + 1,
    of: roundsOf(undefined, spec),
  }),

  /** Half of the rounds are one master, the others are the parts of the family. */
  outline({ problem, spec, state }) {
    const most = mostParts({ classes: problem.view.classes.length, parts: spec.parts });
    return Array.from({ length: state.round === 0 ? 1 : Math.ceil((1 + most) / 2) }, () =>
      leafOf(problem, 'master', { kind: 'master', family: familyOf(spec), cost: spec.cost, added: [] }, false),
    );
  },

  async merge(round, parts) {
    const next = nextOf(round.current);
    if (next.kind === 'end') return { incumbent: round.current ?? null, again: false };
    if (next.kind === 'outputs') return afterOutputs(round, parts[0]);
    const merged = next.kind === 'master' ? afterMaster(round, parts[0]) : await afterPricing(round, next, parts);
    return merged.again ? merged : lastRound(round, merged);
  },
});

/** An incumbent after the first master. */
type WithColumns = Incumbent & { readonly columns: ColumnsState };

const nextOf = (current: Incumbent | undefined): NextRound => current?.columns?.next ?? { kind: 'master', added: [] };

const familyOf = ({ weights, domain, activation }: Columns): Family => ({
  weights,
  domain: domain as Family['domain'],
  activation,
});

type Pricing = Extract<NextRound, { readonly prices: unknown }>;

const divisionOf = (problem: TrainingProblem, spec: Columns): Division => ({
  inputs: denseAt(problem.network, firstFree(problem)).inputs,
  classes: problem.view.classes.length,
  family: familyOf(spec),
  parts: spec.parts,
});

/** What a round of pricing looks at: the family for every class, or what a proof has left open. */
const partsOf = (problem: TrainingProblem, spec: Columns, { open }: Pricing): readonly ClassPart[] =>
  open?.parts ?? classParts(divisionOf(problem, spec));

/** A leaf. Once the rows are stored as whole numbers it does not name them again. */
function leafOf(problem: TrainingProblem, name: string, columns: ColumnsTask, hasData: boolean): TrainingProblem {
  const none = new Int32Array(0);
  const view = { ...problem.view, rows: none, labels: none, validationRows: none, validationLabels: none };
  return { ...problem, name, splits: [], columns, ...(hasData ? { view } : {}) };
}

/** Additions for a bound beside a round of search: some seconds. */
const boundEffort = 1e9;

/** Additions that count as one unit of the solver's work. */
const additionsPerWork = 1e5;

/** Additions for a part of a proof without a limit: some hours. If it needs more, a MIP is the better way. */
const longestProof = 1e13;

/** A proof has no limit but the plan's; its other rounds get a bound only as far as that is cheap. */
function effortOf({ problem, spec }: Round<Columns>, kind: 'search' | 'proof', parts: number): PricingEffort {
  const { limits } = problem;
  const most = limits.workLimit === undefined ? longestProof : limits.workLimit * additionsPerWork;
  return kind === 'proof'
    ? { search: 0, proof: most }
    : { search: (spec.search * 1e6) / parts, proof: Math.min(most, boundEffort / parts) };
}

/** Real output weights are the end; whole ones take one more round. */
function lastRound({ spec }: Round<Columns>, merged: MergedRound): MergedRound {
  const { incumbent } = merged;
  if (spec.alpha === 'real' || !incumbent?.columns) return merged;
  return {
    ...merged,
    incumbent: { ...incumbent, columns: { ...incumbent.columns, next: { kind: 'outputs' } } },
    again: true,
  };
}

function afterOutputs({ problem, current }: Round<Columns>, part: Part | undefined): MergedRound {
  return { incumbent: part ? withWholeOutputs(problem, current!, part.incumbent) : current!, again: false };
}

function afterMaster({ current, spec, state }: Round<Columns>, part: Part | undefined): MergedRound {
  if (!part) return { incumbent: current ?? null, again: false };
  const { incumbent, solved } = part;
  return {
    incumbent,
    again: incumbent.status !== 'optimal' && pricings(state.round, incumbent) < spec.rounds,
    ...(solved.accuracy.train === null ? {} : { accuracy: solved.accuracy }),
  };
}

async function afterPricing(
  { problem, current, spec, state, store }: Round<Columns>,
  next: Pricing,
  parts: readonly (Part | undefined)[],
): Promise<MergedRound> {
  const before = current as WithColumns;
  const prices = await getDocument<Prices>(store, before.columns[next.prices]);
  const found = parts.flatMap((part) => (part?.incumbent.priced ? [part.incumbent.priced] : []));
  const { closed = 0, bySolver = false } = next.open ?? {};
  const largest = found.length === parts.length ? Math.max(closed, ...found.map(({ bound }) => bound)) : Infinity;
  const proven = farleyBound(prices, largest);
  if (proven > before.objective + closedGap * Math.max(1, before.objective))
    throw new Error(`columns: the bound ${proven} lies above the value ${before.objective} of a network`);
  const bound = Math.min(before.objective, Math.max(before.bound ?? 0, proven));
  const status = statusOf(before.objective, bound);
  const added = bestOf(found, targetOf(prices), spec.add);
  const isProven = largest <= targetOf(prices);
  const following = (): NextRound => {
    if (added.length > 0) return { kind: 'master', added };
    if (next.prices === 'smooth') return { kind: 'search', prices: 'own' };
    if (isProven) return { kind: 'end' };
    if (next.kind === 'search') return { kind: 'proof', prices: 'own' };
    // Without effort for proofs, smaller parts are not proven either.
    if (problem.limits.workLimit === 0) return { kind: 'end' };
    const asked = partsOf(problem, spec, next).map((part, at) => ({ ...part, priced: parts[at]?.incumbent.priced }));
    const open = leftOpen(asked, next.open, targetOf(prices), divisionOf(problem, spec));
    return open ? { kind: 'proof', prices: 'own', open } : { kind: 'end' };
  };
  const then = following();
  const last = before.stages[before.stages.length - 1];
  const boundBy = proven <= (before.bound ?? 0) ? last.boundBy : bySolver ? 'branch and cut' : proofOf(found);
  const stages = [...before.stages.slice(0, -1), { ...last, bound, status, boundBy }];
  return {
    incumbent: { ...before, bound, status, stages, columns: { ...before.columns, next: then } },
    again:
      status !== 'optimal' &&
      (then.kind === 'master' || (then.kind !== 'end' && pricings(state.round, before) < spec.rounds)),
    // The network is that of the master.
    ...(state.current ? { accuracy: state.current.accuracy } : {}),
  };
}

/** What the bound of a round rests on: of several proofs, the one that is trusted least. */
function proofOf(found: readonly Priced[]): Stage['boundBy'] {
  if (found.some((priced) => priced.boundBy === 'branch and cut')) return 'branch and cut';
  // The trivial bound of all parts is that of the master's duals alone.
  return found.some((priced) => priced.boundBy === 'enumeration') ? 'enumeration' : 'root duals';
}

/** Rounds of pricing so far: a master leaves a stage, a pricing none. */
const pricings = (round: number, { stages }: Incumbent): number => round + 1 - stages.length;

/**
 * The neurons that improve the network: the best one of every part, then the second ones, and so on. The best of one
 * part are often much alike, and a master uses one of them.
 */
const bestOf = (found: readonly Priced[], target: number, most: number): readonly ClassNeuron[] =>
  found
    .flatMap((priced) =>
      priced.neurons.map(({ neuron, edge }, place) => ({ neuron: { ...neuron, class: priced.class }, edge, place })),
    )
    .filter(({ edge }) => edge > target)
    .sort((a, b) => a.place - b.place || b.edge - a.edge)
    .slice(0, most)
    .map(({ neuron }) => neuron);

function roundsOf(_: unknown, { rounds, alpha }: Columns): number {
  return 2 * rounds + (alpha === 'real' ? 1 : 2);
}
