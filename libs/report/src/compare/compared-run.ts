import type { RoundPoint } from '../training/training-run.js';

/** One of the runs that are compared. */
export interface ComparedRun {
  readonly run: string;
  readonly kind: string;
  readonly status: string;
  /** Key -> value as text, of everything that was asked for. */
  readonly settings: Readonly<Record<string, string>>;
  readonly test: number | null;
  readonly validation: number | null;
  readonly train: number | null;
  readonly objective: number | null;
  readonly bound: number | null;
  readonly gap: number | null;
  readonly nonZero: number | null;
  /** Fraction of the questions of a verification that are proven robust. */
  readonly certified: number | null;
  readonly mips: number;
  readonly seconds: { readonly wall: number; readonly solver: number };
  readonly rounds: readonly RoundPoint[];
}
