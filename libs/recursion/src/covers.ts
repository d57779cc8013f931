/** Which part of a problem an objective covers: a number of its pairs, layers and so on. */
export interface Covers {
  readonly parts: number;
  readonly of: number;
  /** What the parts are: `pairs`. */
  readonly what: string;
}

/** `4 of 45 pairs` */
export const coversText = ({ parts, of, what }: Covers): string => `${parts} of ${of} ${what}`;
