import type { StepName, UndecidedUnits } from './effort.js';
import type { Verdict } from './verdict.js';

/** Why a question is still open: how far its bounds got, and where its time went. */
export interface WhyOpen {
  /** Units whose piece the bounds on the whole region leave open, and all units with pieces. */
  readonly undecided: number;
  readonly units: number;
  readonly layers: readonly UndecidedUnits[];
  /** Nodes of branching and of MIPs. */
  readonly nodes: number;
  /** Of each step that was tried. */
  readonly seconds: Readonly<Partial<Record<StepName, number>>>;
  /** The step that took most of the time, and its fraction, 0..1; null if no time was measured. */
  readonly most: { readonly step: StepName; readonly share: number } | null;
}

/** Null for a verdict without a measurement: of a question that nobody came to. */
export function whyOpen({ effort }: Pick<Verdict, 'effort'>): WhyOpen | null {
  if (effort === undefined) return null;
  const { units: layers, nodes, seconds } = effort;
  const spent = Object.entries(seconds) as [StepName, number][];
  const total = spent.reduce((sum, [, time]) => sum + time, 0);
  const [step, time] = spent.reduce<[StepName | undefined, number]>(
    (most, one) => (one[1] > most[1] ? one : most),
    [undefined, 0],
  );
  return {
    undecided: layers.reduce((sum, { undecided }) => sum + undecided, 0),
    units: layers.reduce((sum, { of }) => sum + of, 0),
    layers,
    nodes,
    seconds,
    most: step === undefined ? null : { step, share: time / total },
  };
}

/** `37 of 512 units undecided, bound -0.02, 3,112 nodes, 80% of the time in branching; try ...` */
export function openText(
  { undecided, units, nodes, most }: WhyOpen,
  { bound, reason, hasEpsilon }: { readonly bound: number | null; readonly reason: string | null; hasEpsilon: boolean },
): string {
  const facts = [
    units === 0 ? '' : `${undecided} of ${units} units undecided`,
    bound === null ? 'no bound' : `bound ${bound.toPrecision(4)}`,
    nodes === 0 ? '' : `${nodes.toLocaleString('en-US')} nodes`,
    most === null
      ? ''
      : `${Math.round(100 * most.share)}% of the time in ${most.step === 'lp' ? 'LP bounds' : most.step}`,
  ].filter((fact) => fact !== '');
  const smaller = hasEpsilon ? 'a smaller --epsilon' : 'smaller bounds of the inputs';
  const next = reason !== null ? undefined : `a longer --time-limit, or ${smaller}`;
  return `open: ${facts.join(', ')}${next === undefined ? '' : `; try ${next}`}`;
}
