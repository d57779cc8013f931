import type { BoundTightening, ReluFormulation } from '@mipnet/encoding';
import type { MipSolver } from './exclude-conjunction.js';
import type { BoundLayers } from './bound-outputs.js';

/** What a proof is doing. */
export interface ProveProgress {
  readonly step: 'branching' | 'tightening' | 'relaxation' | 'mip';
  /** Conjunctions that are still open. */
  readonly open: number;
  /** Of the branching or the MIP under way: its lower bound, and nodes so far. */
  readonly bound?: number | null;
  readonly nodes?: number;
}

export interface ProveOptions {
  /** Wall-clock seconds that are left, asked now and then. @default no limit */
  readonly remaining?: () => number;
  readonly stopped?: () => boolean;
  /** Of the relu layers. @default 'big-m' */
  readonly formulation?: ReluFormulation;
  /** Of the neurons whose sign is open, before the MIPs. @default 'lp' */
  readonly tightening?: BoundTightening;
  /** Branch and bound on certified bounds before any solver is asked. @default true */
  readonly branching?: boolean;
  /** CROWN bounds, where they are at hand. @default computed */
  readonly boundLayers?: BoundLayers;
  /** What solves the MIPs. LPs need sessions. @default the solver of the LPs */
  readonly mip?: MipSolver;
  readonly onProgress?: (progress: ProveProgress) => void;
}

export const remainingOf = (options: Pick<ProveOptions, 'remaining'>): number => options.remaining?.() ?? Infinity;

/** Whether the time is up, or somebody wants what there is. */
export const over = (options: Pick<ProveOptions, 'remaining' | 'stopped'>): boolean =>
  remainingOf(options) <= 0 || (options.stopped?.() ?? false);
