import type { BoundTightening, ReluFormulation } from '@mipnet/encoding';
import type { MipSolver } from './exclude-conjunction.js';
import type { BoundLayers } from './bound-outputs.js';

/** What a proof is doing. */
export interface ProveProgress {
  readonly step: 'branching' | 'tightening' | 'relaxation' | 'mip' | 'attack';
  /** Conjunctions that are still open. */
  readonly open: number;
  /** Of the current branching or MIP: its lower bound, and nodes so far. */
  readonly bound?: number | null;
  readonly nodes?: number;
}

export interface ProveOptions {
  /** Returns the remaining wall-clock seconds; called now and then. @default no limit */
  readonly remaining?: () => number;
  readonly stopped?: () => boolean;
  /** Of the relu layers. @default 'big-m' */
  readonly formulation?: ReluFormulation;
  /** Bounds of the neurons with an undecided sign, before the MIPs. @default 'lp' */
  readonly tightening?: BoundTightening;
  /** Branch and bound on certified bounds before any solver is used. @default true */
  readonly branching?: boolean;
  /** CROWN bounds, if they are already known. @default computed */
  readonly boundLayers?: BoundLayers;
  /** What solves the MIPs. LPs need sessions. @default the solver of the LPs */
  readonly mip?: MipSolver;
  readonly onProgress?: (progress: ProveProgress) => void;
}

export const remainingOf = (options: Pick<ProveOptions, 'remaining'>): number => options.remaining?.() ?? Infinity;

/** Whether the time is up, or a stop was requested. */
export const over = (options: Pick<ProveOptions, 'remaining' | 'stopped'>): boolean =>
  remainingOf(options) <= 0 || (options.stopped?.() ?? false);
