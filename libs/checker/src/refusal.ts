// Tested by ../../verification/src/certificate/certificate.unit.test.ts.
/** What the checker cannot read or does not know: the input is wrong, not the proof. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

export function refuse(why: string): never {
  throw new Refusal(why);
}

// Bytes and values of a document, of which nothing is known.

export function textOf(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse(`${what} is no text`);
  }
}

export function document(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const text = textOf(bytes, 'the certificate');
  try {
    return record(JSON.parse(text), 'the certificate');
  } catch {
    return refuse('the certificate is no JSON document');
  }
}

export const record = (value: unknown, what: string): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : refuse(`${what} is no object`);

export const list = (value: unknown, what: string): readonly unknown[] =>
  Array.isArray(value) ? value : refuse(`${what} is no list`);

export const real = (value: unknown, what: string): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : refuse(`${what} is no finite number`);

export const numbers = (value: unknown, what: string): Float64Array =>
  Float64Array.from(list(value, what), (one) => real(one, what));

export const whole = (value: unknown, count: number, what: string): number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < count
    ? (value as number)
    : refuse(`${what} is no whole number from 0 to ${count - 1}`);
