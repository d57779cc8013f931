import type { Chart } from '@mipnet/report';
import type { Aggregate } from './aggregate.js';

/**
 * One query's aggregates, a column of charts for each network: how tight, how large, how long, by formulation and
 * bounds.
 */
export function studyChart(aggregates: readonly Aggregate[], query: string): Chart {
  const values = aggregates.filter((one) => one.query === query && one.network !== null);
  const unique = (key: 'network' | 'formulation' | 'bounds'): string[] => [
    ...new Set(values.map((one) => one[key] as string)),
  ];
  const networks = unique('network');
  const chart = (field: keyof Aggregate, title: string, options: object, first: boolean) => ({
    width: 105,
    height: 130,
    mark: { type: 'line' as const, point: { size: 28 }, strokeWidth: 1.2 },
    encoding: {
      column: {
        field: 'network',
        type: 'nominal' as const,
        sort: networks,
        title: null,
        header: { labels: first, labelFontWeight: 'bold' as const },
      },
      x: {
        field: 'formulation',
        type: 'nominal' as const,
        sort: unique('formulation'),
        title: null,
        axis: { labelAngle: -40 },
      },
      y: { field, type: 'quantitative' as const, title, ...options },
      color: { field: 'bounds', type: 'nominal' as const, sort: unique('bounds'), title: 'bounds' },
    },
  });
  return {
    background: 'white',
    padding: 8,
    title: { text: `Encodings of trained networks: ${query}`, anchor: 'start' },
    data: { values },
    spacing: 12,
    vconcat: [
      chart('lpGap', 'LP gap', { axis: { format: '.0%' } }, true),
      chart('nonZeros', 'non-zeros', { scale: { type: 'log', nice: true } }, false),
      chart('nodes', 'nodes + 1', { scale: { type: 'symlog' } }, false),
      chart('secondsOfSolve', 'seconds to solve', { scale: { type: 'symlog', constant: 0.5 } }, false),
      chart('solved', 'solved', { axis: { format: '.0%' }, scale: { domain: [0, 1] } }, false),
    ],
  } as Chart;
}
