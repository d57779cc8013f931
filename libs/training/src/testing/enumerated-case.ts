import type { ActivationName, Layer, WeightDomain } from '@mipnet/network';
import type { LossName, Objective } from '../problem/objective.js';
import type { FreeLayer, TrainingProblem } from '../problem/training-problem.js';
import type { LeafData } from '../rows/leaf-data.js';

/** A problem so small that all its networks can be listed. */
export interface EnumeratedCase {
  readonly title: string;
  readonly rows: readonly (readonly number[])[];
  readonly labels: readonly number[];
  readonly layers: readonly {
    readonly outputs: number;
    readonly domain: WeightDomain;
    readonly activation?: ActivationName;
    readonly threshold?: number;
    readonly bias?: boolean;
  }[];
  readonly loss: LossName;
  readonly margin: number;
  readonly sparsity?: number;
}

export const square = [
  [-1, -1],
  [-1, 1],
  [1, -1],
  [1, 1],
];
export const corners = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
export const cube = [0, 1, 2, 3, 4, 5, 6, 7].map((k) => [k & 1, (k >> 1) & 1, (k >> 2) & 1].map((bit) => 2 * bit - 1));
export const xor = [0, 1, 1, 0];
export const and = [0, 0, 0, 1];
export const parity = cube.map((row) => row.filter((value) => value === 1).length % 2);
export const line = [[-2], [-1], [0], [1], [2]];
export const inside = [0, 1, 1, 1, 0];
export const three = [0, 1, 2, 2];

function parametersOf(activation: ActivationName, threshold: number): object {
  if (activation === 'ternary') return { threshold };
  if (activation === 'leakyRelu') return { slope: 0.25 };
  return activation === 'clip' ? { low: -1, high: 1 } : {};
}

/** Its problem and its rows. */
export function problemOf({ rows, labels, layers, loss, margin, sparsity = 0 }: EnumeratedCase): {
  problem: TrainingProblem;
  data: LeafData;
} {
  const built: Layer[] = [];
  const free: (FreeLayer | null)[] = [];
  let inputs = rows[0].length;
  for (const { outputs, domain, activation, threshold = 1, bias = false } of layers) {
    built.push({
      kind: 'dense',
      inputs,
      outputs,
      weights: new Float64Array(inputs * outputs),
      bias: new Float64Array(outputs),
    });
    free.push({ domain, bias });
    inputs = outputs;
    if (activation === undefined) continue;
    built.push({ kind: 'activation', activation, ...parametersOf(activation, threshold) } as Layer);
    free.push(null);
  }
  const objective: Objective = { kind: 'fit', loss, margin, sparsity };
  const none = new Int32Array();
  const classes = Int32Array.from(new Set(labels)).sort();
  return {
    problem: {
      name: 'enumerated',
      dataset: { key: '', sha256: '', bytes: 0 },
      network: { inputShape: [rows[0].length], layers: built },
      free,
      objectives: [objective],
      view: { rows: none, labels: none, classes, shifts: 0, validationRows: none, validationLabels: none },
      limits: { gap: 0 },
      splits: [],
      seed: 0,
    },
    data: {
      features: Float64Array.from(rows.flat()),
      inputs: rows[0].length,
      shape: [rows[0].length],
      labels: Int32Array.from(labels),
      sampleWeights: new Float64Array(labels.length).fill(1),
      grid: 1,
    },
  };
}
