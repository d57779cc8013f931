import type { ModelSize } from '@mipnet/mip';
import type { ColumnsTask } from './columns-task.js';

/**
 * The dual of a master at its largest: a column for every row of data and rival class; a row for every class but one,
 * for every neuron, half of them firing, and, if there are several rivals, for every row of data.
 */
export function masterSize(task: ColumnsTask, samples: number, classes: number): ModelSize {
  const neurons = task.kind === 'master' ? task.added.length : task.most;
  const columns = samples * (classes - 1);
  const shared = classes > 2 ? samples : 0;
  // A column counts for the row's class and for its rival.
  const perScore = Math.ceil((2 * columns) / classes);
  return {
    columns,
    rows: classes - 1 + neurons + shared,
    nonZeros: (classes - 1) * perScore + Math.ceil((perScore * neurons) / 2) + (shared && columns),
    integers: 0,
  };
}
