export type Outcome =
  | { readonly isAccepted: true; readonly verdict: 'robust'; readonly cases: number; readonly leaves: number }
  /** `isCertain`: the rows hold by more than float32 can lose; otherwise a replay in the ONNX runtime decides. */
  | { readonly isAccepted: true; readonly verdict: 'adversarial'; readonly isCertain: boolean }
  | { readonly isAccepted: false; readonly reason: string };

/** A step that the certificate does not justify. */
export class NotProven extends Error {}

export function fail(why: string): never {
  throw new NotProven(why);
}
