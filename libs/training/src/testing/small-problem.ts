import type { Layer, Network, WeightDomain } from '@mipnet/network';
import type { LeafData } from '../rows/leaf-data.js';
import type { Objective } from '../problem/objective.js';
import type { FreeLayer, Limits, TrainingProblem } from '../problem/training-problem.js';

export interface SmallLayer {
  readonly outputs: number;
  readonly domain: WeightDomain;
  readonly bias?: boolean;
  readonly activation?: 'sign' | 'step';
  readonly lower?: Float64Array;
  readonly upper?: Float64Array;
}

export interface SmallProblem {
  readonly layers: readonly SmallLayer[];
  /** One row a sample. */
  readonly rows: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly objectives?: readonly Objective[];
  readonly limits?: Partial<Limits>;
  readonly grid?: number | null;
  readonly weights?: readonly number[];
  readonly seed?: number;
}

/** A problem of dense layers and its data without a store. The last layer gives the scores. */
export function smallProblem({ layers, rows, labels, objectives, limits, grid = 1, weights, seed = 0 }: SmallProblem): {
  problem: TrainingProblem;
  data: LeafData;
} {
  const classes = Math.max(1, ...labels) + 1;
  const built: Layer[] = [];
  const free: (FreeLayer | null)[] = [];
  let inputs = rows[0].length;
  for (const { outputs, domain, bias = true, activation, lower, upper } of layers) {
    built.push({
      kind: 'dense',
      inputs,
      outputs,
      weights: new Float64Array(inputs * outputs),
      bias: new Float64Array(outputs),
    });
    free.push({ domain, bias, ...(lower ? { lower } : {}), ...(upper ? { upper } : {}) });
    inputs = outputs;
    if (!activation) continue;
    built.push({ kind: 'activation', activation });
    free.push(null);
  }
  const network: Network = { inputShape: [rows[0].length], layers: built };
  const none = new Int32Array(0);
  return {
    problem: {
      name: 'small',
      dataset: { key: 'none', sha256: '', bytes: 0 },
      view: {
        rows: Int32Array.from(rows.keys()),
        labels: Int32Array.from(labels),
        classes: Int32Array.from({ length: classes }, (_, c) => c),
        shifts: 0,
        validationRows: none,
        validationLabels: none,
      },
      network,
      free,
      objectives: objectives ?? [{ kind: 'fit', loss: 'hinge', margin: 1, sparsity: 0 }],
      limits: { gap: 0, ...limits },
      splits: [],
      seed,
    },
    data: {
      features: Float64Array.from(rows.flat()),
      inputs: rows[0].length,
      shape: [rows[0].length],
      labels: Int32Array.from(labels),
      sampleWeights: Float64Array.from(weights ?? rows.map(() => 1)),
      grid,
    },
  };
}
