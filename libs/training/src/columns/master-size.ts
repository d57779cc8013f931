import type { ModelSize } from '@mipnet/mip';
import type { ColumnsTask } from './columns-task.js';

/** The dual of a master at its largest: a column for every row of data, a row for every neuron, half of them firing. */
export function masterSize(task: ColumnsTask, samples: number): ModelSize {
  const neurons = task.kind === 'master' ? task.added.length : task.most;
  return { columns: samples, rows: 1 + neurons, nonZeros: samples + Math.ceil((samples * neurons) / 2), integers: 0 };
}
