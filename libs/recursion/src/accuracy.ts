/** Fraction of correctly classified samples, 0..1, from an exact forward pass. */
export interface Accuracy {
  readonly train: number | null;
  readonly validation: number | null;
}
