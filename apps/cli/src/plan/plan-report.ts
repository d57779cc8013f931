// Tested by ../e2e/plan.e2e.test.ts.
import { availableParallelism, cpus } from 'node:os';
import type { LeafGroup, TreeOutline } from '@mipnet/training';
import { serverLimits, type DivisionCost } from '@mipnet/workflows/plain';
import { isLowerBound, type KindOfMip } from './kind-of-mip.js';
import { costOf } from './refuse-too-large.js';

/** What `plan --json` prints. */
export interface PlanReport {
  readonly plan: string;
  readonly dataset: { readonly name: string; readonly train: number };
  readonly subproblems: {
    readonly total: number;
    readonly estimated: number;
    readonly dividedNodes: number;
    readonly kinds: readonly KindOfMip[];
  };
  /**
   * `hours`: of one slot, for the MIPs of measured types; `unmeasured` ones are not included. `atLeast`: a MIP was not
   * solved within its sample time, so that hours and cost are lower bounds. `wallHours`: on the cores of this machine.
   * `least`: both without the MIPs of rounds that a run may skip.
   */
  readonly solver: {
    readonly hours: number;
    readonly atLeast: boolean;
    readonly wallHours: number;
    readonly least: { readonly hours: number; readonly wallHours: number };
    readonly unmeasured: number;
    readonly measuredOn: string;
  };
  /** A warning that nothing limits the MIPs; null for a plan with a limit. */
  readonly warning: string | null;
  readonly cost: { readonly pricePerSlotHour: number; readonly total: number; readonly least: number } | null;
  readonly largest: DivisionCost & { readonly parts: number; readonly node: string };
  readonly limits: typeof serverLimits;
}

/** The report of a plan from its outline and measurements. */
export function planReport(
  about: Pick<PlanReport, 'plan' | 'dataset' | 'warning'>,
  { groups, nodes, widest }: TreeOutline,
  kinds: readonly KindOfMip[],
  { price, sample }: { readonly price?: number; readonly sample: number },
): PlanReport {
  const total = (of: (group: LeafGroup) => number): number => groups.reduce((sum, group) => sum + of(group), 0);
  const hours = kinds.reduce((sum, { solverSeconds }) => sum + (solverSeconds ?? 0), 0) / 3600;
  const leastHours = kinds.reduce((sum, { certainSeconds }) => sum + (certainSeconds ?? 0), 0) / 3600;
  const certain = kinds.filter(({ count, optional }) => count > optional);
  const unmeasured = kinds.reduce((sum, { solverSeconds, count }) => sum + (solverSeconds === null ? count : 0), 0);
  const costs = widest.map((division) => ({ ...costOf(division), parts: division.parts, node: division.name }));
  const most = (of: (cost: DivisionCost) => number): number => Math.max(0, ...costs.map(of));
  const widestOf = [...costs].sort((a, b) => b.parts - a.parts)[0];
  return {
    ...about,
    subproblems: {
      total: total(({ count }) => count),
      estimated: total(({ estimated }) => estimated),
      dividedNodes: nodes,
      kinds,
    },
    solver: {
      hours,
      atLeast: kinds.some(isLowerBound),
      wallHours: wallHours(hours, kinds),
      least: { hours: leastHours, wallHours: wallHours(leastHours, certain) },
      unmeasured,
      measuredOn: `${cpus()[0]?.model ?? 'this machine'}, one core, one MIP of each kind for at most ${sample} s`,
    },
    cost: price === undefined ? null : { pricePerSlotHour: price, total: hours * price, least: leastHours * price },
    largest: {
      historyEvents: most(({ historyEvents }) => historyEvents),
      historyBytes: most(({ historyBytes }) => historyBytes),
      payloadBytes: most(({ payloadBytes }) => payloadBytes),
      parts: widestOf?.parts ?? 1,
      node: widestOf?.node ?? about.plan,
    },
    limits: serverLimits,
  };
}

/** One MIP does not spread over cores: a run takes at least as long as its longest MIP. */
const wallHours = (
  hours: number,
  kinds: readonly Pick<KindOfMip, 'secondsEach'>[],
  cores = availableParallelism(),
): number => Math.max(hours / cores, ...kinds.map(({ secondsEach }) => (secondsEach ?? 0) / 3600));
