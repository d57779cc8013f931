// Tested by front-bound.unit.test.ts.
import { roundOff } from '@mipnet/bounds';

/** A number as an affine function of the network's inputs, on a part of the box. */
export interface AffineForm {
  /** Coefficients by input, none of them zero. */
  readonly coefficients: ReadonlyMap<number, number>;
  readonly constant: number;
  /** How far the runtime's number can be from the function, rounding of the coefficients included. */
  readonly error: number;
  /** Largest sum of absolute values of its terms. */
  readonly size: number;
}

export interface Term {
  readonly form: AffineForm;
  readonly weight: number;
}

/**
 * @param error of the runtime's sum
 * @param operations if the sum has more terms than these, which are constants. @default those of the terms
 */
export function sumOf(terms: readonly Term[], bias: number, error: number, operations = terms.length): AffineForm {
  const coefficients = new Map<number, number>();
  let [constant, errors, size] = [bias, error, Math.abs(bias)];
  for (const { form, weight } of terms) {
    for (const [input, a] of form.coefficients) coefficients.set(input, (coefficients.get(input) ?? 0) + weight * a);
    constant += weight * form.constant;
    errors += Math.abs(weight) * form.error;
    size += Math.abs(weight) * form.size;
  }
  for (const [input, a] of coefficients) if (a === 0) coefficients.delete(input);
  return { coefficients, constant, error: errors + roundOff(operations + 1, size + errors), size };
}

export const difference = (first: AffineForm, second: AffineForm): AffineForm =>
  sumOf(
    [
      { form: first, weight: 1 },
      { form: second, weight: -1 },
    ],
    0,
    0,
  );

export const shifted = (form: AffineForm, by: number): AffineForm => sumOf([{ form, weight: 1 }], by, 0);

export const negative = ({ coefficients, constant, error, size }: AffineForm): AffineForm => ({
  coefficients: new Map([...coefficients].map(([input, a]) => [input, -a])),
  constant: -constant,
  error,
  size,
});

export const looser = (form: AffineForm, by: number): AffineForm =>
  by === 0 ? form : { ...form, error: form.error + by };

const keys = new WeakMap<AffineForm, string>();

/** The same for two forms only if they are the same function. */
export function keyOf(form: AffineForm): string {
  let key = keys.get(form);
  if (key === undefined) {
    const terms = [...form.coefficients].sort(([one], [other]) => one - other);
    key = `${terms.flat().join(' ')} ${form.constant}`;
    keys.set(form, key);
  }
  return key;
}

/** One of each function: of equal ones, that with the largest error. */
export function distinct(forms: Iterable<AffineForm>): AffineForm[] {
  const found = new Map<string, AffineForm>();
  for (const form of forms) {
    const key = keyOf(form);
    const known = found.get(key);
    if (known === undefined || known.error < form.error) found.set(key, form);
  }
  return [...found.values()];
}
