import { MipnetError, type Blame } from '@mipnet/errors';

/**
 * 'syntax': a property that is not well formed. 'truncated': it ends too early. 'variable': a variable that is unknown,
 * not declared, or declared twice. 'unbounded': an input without two finite bounds. 'unsupported': a valid property
 * that cannot be verified here. 'query': numbers or sizes that do not fit together. 'model': the ONNX runtime does not
 * take the model. 'runtime': it failed. 'certificate': a proof and a replayed witness contradict each other; one of the
 * two is wrong, and neither counts.
 */
export type VerificationErrorCode =
  'syntax' | 'truncated' | 'variable' | 'unbounded' | 'unsupported' | 'query' | 'model' | 'runtime' | 'certificate';

export interface VerificationErrorDetails {
  /** Line in the property's text, from 1. */
  readonly line?: number;
  readonly cause?: unknown;
}

const blames = {
  syntax: 'input',
  truncated: 'input',
  variable: 'input',
  unbounded: 'input',
  unsupported: 'input',
  query: 'input',
  model: 'input',
  runtime: 'program',
  certificate: 'program',
} as const satisfies Record<VerificationErrorCode, Blame>;

/** A fault of a property, a query or its parts. The message says what is wrong, where, and what to do. */
export class VerificationError extends MipnetError<VerificationErrorCode> {
  override readonly name = 'VerificationError';
  readonly line?: number;

  constructor(code: VerificationErrorCode, message: string, details: VerificationErrorDetails = {}) {
    const where = details.line === undefined ? '' : `line ${details.line}: `;
    super(code, blames[code], where + message, details.cause === undefined ? undefined : { cause: details.cause });
    this.line = details.line;
  }
}
