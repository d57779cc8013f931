// Tested by ../e2e/plan.e2e.test.ts.
import { durationText } from '@mipnet/text';
import { availableParallelism } from 'node:os';
import { isLowerBound, type KindOfMip } from './kind-of-mip.js';
import type { MipSize } from './mip-size.js';
import type { PlanReport } from './plan-report.js';

function secondsText({ secondsEach, secondsAre }: KindOfMip): string {
  if (secondsEach === null) return 'not measured';
  if (!isLowerBound({ secondsAre })) return `${secondsEach.toFixed(2)} s (${secondsAre})`;
  return (
    `at least ${secondsEach.toFixed(2)} s (not solved within the ` +
    `sample${secondsAre.slice('a lower bound'.length)})`
  );
}

/** A range if a run may skip some MIPs; without an end if a MIP was not solved within its sample. */
function rangeText(least: string, most: string, { atLeast }: PlanReport['solver']): string {
  if (atLeast) return `at least ${least}`;
  return least === most ? most : `${least} to ${most}`;
}

const hoursText = (solver: PlanReport['solver'], of: 'hours' | 'wallHours'): string =>
  rangeText(durationText(solver.least[of] * 3600), durationText(solver[of] * 3600), solver);

const costText = (price: number): string => `${Number(price.toPrecision(2))}`;

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

const isOneMip = ({ total, dividedNodes }: PlanReport['subproblems']): boolean => dividedNodes === 0 && total === 1;

function mipsText(subproblems: PlanReport['subproblems']): string {
  const { total, dividedNodes, estimated } = subproblems;
  const divided = isOneMip(subproblems)
    ? '1 MIP, not divided'
    : `${total} MIPs (${dividedNodes} ${dividedNodes === 1 ? 'node' : 'nodes'} divided)`;
  return estimated > 0 ? `${divided}; ${estimated} of them depend on what others find: at most so many` : divided;
}

/** A report for a person to read. */
export function summaryOf({ plan: name, dataset, subproblems, solver, cost, largest, limits }: PlanReport): string {
  const sizeText = ({ columns, rows, nonZeros, estimated }: MipSize): string =>
    `${estimated ? 'about ' : ''}${columns} columns, ${rows} rows, ${nonZeros} non-zeros`;
  const kinds = subproblems.kinds.flatMap((kind) => [
    `  ${kind.path}: ${kind.count}${kind.estimated > 0 ? `, ${kind.estimated} of them estimated` : ''}`,
    ...(kind.typical ? [`    typical  ${sizeText(kind.typical)}`] : []),
    `    largest  ${sizeText(kind.largest)}`,
    `    each     ${secondsText(kind)}`,
  ]);
  // Then nothing is divided, and no history grows with the plan.
  const isWhole = isOneMip(subproblems);
  const lines = [
    `plan         ${name}, ${dataset.train} training samples of ${dataset.name}`,
    `subproblems  ${mipsText(subproblems)}`,
    ...kinds,
    `solver time  ${hoursText(solver, 'hours')} of one slot, ${hoursText(solver, 'wallHours')} ` +
      `on the ${availableParallelism()} cores of this machine`,
    ...(solver.atLeast
      ? ['             no estimate: a MIP was not solved within its sample, and nothing limits it']
      : []),
    ...(solver.unmeasured > 0
      ? [`             and ${solver.unmeasured} ${solver.unmeasured === 1 ? 'MIP' : 'MIPs'} without a measurement`]
      : []),
    `             measured on ${solver.measuredOn}`,
    ...(cost === null
      ? []
      : [
          `cost         ${rangeText(costText(cost.least), costText(cost.total), solver)} ` +
            `at ${cost.pricePerSlotHour} per slot and hour`,
        ]),
    ...(isWhole
      ? []
      : [
          `largest      ${largest.parts} parts of one node (${largest.node}); at ` +
            `most ${largest.historyEvents} ` +
            `of ${limits.historyEvents} ` +
            `events and ${megabytes(largest.historyBytes)} of ${megabytes(limits.historyBytes)} MB in a ` +
            `history, ${largest.payloadBytes} of ${limits.payloadBytes} bytes per message`,
        ]),
  ];
  return `${lines.join('\n')}\n`;
}
