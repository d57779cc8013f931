// Tested by ../../solve/optimality.unit.test.ts.
import type { Completion, FreeDense, Unit } from '@mipnet/encoding';
import type { ModelBuilder } from '@mipnet/mip';
import type { Network } from '@mipnet/network';

/** One training sample as an objective sees it. */
export interface ScoredSample {
  /** Score units: one score for two classes (positive for label 1), otherwise one per class. */
  readonly scores: readonly Unit[];
  readonly label: number;
  /** Number of equal samples it stands for. */
  readonly weight: number;
}

export interface ObjectiveContext {
  readonly builder: ModelBuilder;
  readonly completion: Completion;
  readonly samples: readonly ScoredSample[];
  readonly freeLayers: readonly FreeDense[];
  /** Layers of hidden neurons that are free on both sides: their weights in and out. */
  readonly hidden: readonly { readonly incoming: FreeDense; readonly outgoing: FreeDense }[];
  /** The margin rho of the fit: a sample is fitted if its margin reaches it. */
  readonly margin: number;
  /** Which samples the fit of the stage before reached; only they have a margin to maximise. */
  readonly fitted?: readonly boolean[];
}

/** Scores (samples x outputs) of a network on its data, for the replay. */
export interface Replay {
  readonly scores: Float64Array;
  readonly outputs: number;
  readonly labels: Int32Array;
  readonly sampleWeights: Float64Array;
  readonly network: Network;
  readonly freeLayers: readonly number[];
  /** Layers of hidden neurons that are free on both sides: the indices of the layers into and out of them. */
  readonly hidden?: readonly (readonly [incoming: number, outgoing: number])[];
  readonly margin: number;
  readonly fitted?: readonly boolean[];
}

/** y s for two classes on one output; min over other classes of s_y - s_c for more. */
export function marginOf(scores: Float64Array, outputs: number, sample: number, label: number): number {
  if (outputs === 1) return label === 1 ? scores[sample] : -scores[sample];
  const base = sample * outputs;
  let margin = Infinity;
  for (let c = 0; c < outputs; c++) if (c !== label) margin = Math.min(margin, scores[base + label] - scores[base + c]);
  return margin;
}
