import type { Chart } from '@mipnet/report';
import type { Outcome } from './simulate.js';
import { slotStates } from './slot-time.js';

const white = { background: 'white', padding: 8 };

/**
 * Leaves a second over workers, a line for each length of leaves. Both axes are logarithmic: a straight line is linear
 * scaling.
 */
export const throughputChart = (outcomes: readonly Outcome[], meanLeafSeconds: number): Chart => ({
  ...white,
  width: 420,
  height: 260,
  title: `Leaves a second (${outcomes[0].scenario.leaves} leaves, server ${outcomes[0].scenario.serverRate}/s)`,
  data: {
    values: outcomes.map(({ scenario, makespan }) => ({
      workers: scenario.scaling.max,
      rate: scenario.leaves / makespan,
      leaf: `${Number((scenario.leafFactor * meanLeafSeconds).toPrecision(2))} s`,
    })),
  },
  mark: { type: 'line', point: true },
  encoding: {
    x: { field: 'workers', type: 'quantitative', scale: { type: 'log' }, title: 'workers at most' },
    y: { field: 'rate', type: 'quantitative', scale: { type: 'log' }, title: 'leaves a second' },
    color: { field: 'leaf', type: 'nominal', title: 'mean leaf', sort: null },
  },
});

/**
 * What the slots do with their time, a bar for each number of workers and a column of bars for each number of leaves.
 */
export const slotTimeChart = (outcomes: readonly Outcome[]): Chart => ({
  ...white,
  width: 120,
  height: 260,
  title: `Where slot time goes (server ${outcomes[0].scenario.serverRate}/s)`,
  data: {
    values: outcomes.flatMap(({ scenario, slotTime }) =>
      slotStates.map((state, order) => ({
        workers: scenario.scaling.max,
        leaves: scenario.leaves,
        state,
        order,
        seconds: slotTime[state],
      })),
    ),
  },
  mark: 'bar',
  encoding: {
    column: { field: 'leaves', type: 'ordinal', title: 'leaves' },
    x: { field: 'workers', type: 'ordinal', title: 'workers at most' },
    y: { field: 'seconds', type: 'quantitative', stack: 'normalize', title: 'share of slot time' },
    color: { field: 'state', type: 'nominal', sort: [...slotStates], title: 'slots' },
    order: { field: 'order' },
  },
});
