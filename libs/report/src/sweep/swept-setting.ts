/** Mean and sample standard deviation of some figures. */
export interface Figures {
  readonly mean: number;
  readonly sd: number | null;
  readonly count: number;
}

/** A setting in the last round that it reached. */
export interface SweptSetting {
  readonly name: string;
  /** Key -> value, as text. */
  readonly values: Readonly<Record<string, string>>;
  /** From 1. */
  readonly round: number;
  readonly isChosen: boolean;
  readonly validation: Figures | null;
  readonly objective: Figures | null;
  readonly gap: Figures | null;
  readonly nonZero: Figures | null;
  readonly seconds: Figures | null;
  readonly failed: number;
  readonly trainings: readonly { readonly validation: number; readonly repeat: string }[];
}
