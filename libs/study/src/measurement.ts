import type { BoundTightening, ReluFormulation } from '@mipnet/encoding';

/** Where an instance stands in a study. */
export interface InstanceName {
  readonly network: string;
  readonly query: string;
  readonly image: number;
  readonly bounds: BoundTightening;
  readonly formulation: ReluFormulation;
}

/** The measurement of one instance: one question, one formulation, one kind of bounds. */
export interface Measurement {
  /** The model that the MIP solver gets, inequalities from cut rounds included. */
  readonly columns: number;
  readonly rows: number;
  readonly binaries: number;
  readonly nonZeros: number;
  /** Inequalities of the convex hull among the rows. */
  readonly cuts: number;
  /** Optimum of the LP relaxation, after the cut rounds; null if it is infeasible or a limit came first. */
  readonly relaxation: number | null;
  /** The solver's bound when it began to branch, after its own presolve and cuts; null if it said none. */
  readonly root: number | null;
  /** `optimal` and `infeasible` are proven within the limit. `failed`: the solver's thread died. */
  readonly status: 'optimal' | 'infeasible' | 'feasible' | 'unresolved' | 'failed';
  /** Of the incumbent. */
  readonly objective: number | null;
  readonly bound: number | null;
  /** What is wrong with the incumbent by the forward pass; null if nothing is wrong, or there is none. */
  readonly contradiction: string | null;
  readonly nodes: number;
  /** LP iterations: relaxation, cut rounds and MIP. */
  readonly work: number;
  /** By the clock of the study: see thread-clock.ts. Bounds are computed once for all formulations. */
  readonly seconds: {
    readonly bounds: number;
    readonly encode: number;
    readonly relaxation: number;
    readonly solve: number;
  };
}

export interface Row extends InstanceName, Measurement {}

export const isSolved = ({ status }: Pick<Measurement, 'status'>): boolean =>
  status === 'optimal' || status === 'infeasible';
