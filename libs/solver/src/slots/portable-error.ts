import { blameOf, type Blame } from '@mipnet/errors';

/** An error as a message between threads, where a structured clone would lose its `code`, its `blame` and its name. */
export interface PortableError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
  readonly blame?: Blame;
  readonly cause?: PortableError;
}

/** A chain of causes longer than this is a cycle. */
const deepest = 8;

export function portableError(error: unknown, depth = 0): PortableError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack, cause, code } = error as Error & { readonly code?: unknown };
  const blame = blameOf(error);
  return {
    name,
    message,
    stack,
    ...(typeof code === 'string' ? { code } : {}),
    ...(blame === undefined ? {} : { blame }),
    ...(cause === undefined || depth === deepest ? {} : { cause: portableError(cause, depth + 1) }),
  };
}

/** The error again: of class Error, with the name, `code`, `blame`, stack and cause it had. */
export function errorFrom({ name, message, stack, code, blame, cause }: PortableError): Error {
  const error = new Error(message, cause === undefined ? {} : { cause: errorFrom(cause) });
  return Object.assign(error, {
    name,
    stack,
    ...(code === undefined ? {} : { code }),
    ...(blame === undefined ? {} : { blame }),
  });
}
