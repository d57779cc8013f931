/**
 * 'syntax': a property that is not well formed. 'truncated': it ends too early. 'variable': a variable that is unknown,
 * not declared, or declared twice. 'unbounded': an input without two finite bounds. 'unsupported': a sound property
 * outside what is verified here. 'query': numbers or sizes that do not fit together. 'runtime': the ONNX runtime failed.
 * 'certificate': a proof and a replayed witness contradict each other; one of the two is wrong, and neither is believed.
 */
export type VerificationErrorCode =
  'syntax' | 'truncated' | 'variable' | 'unbounded' | 'unsupported' | 'query' | 'runtime' | 'certificate';

export interface VerificationErrorDetails {
  /** Line in the property's text, from 1. */
  readonly line?: number;
  readonly cause?: unknown;
}

/** Whatever is wrong with a property, a query or its parts. The message says what, where, and what to do. */
export class VerificationError extends Error {
  override readonly name = 'VerificationError';
  readonly line?: number;

  constructor(
    readonly code: VerificationErrorCode,
    message: string,
    details: VerificationErrorDetails = {},
  ) {
    const where = details.line === undefined ? '' : `line ${details.line}: `;
    super(where + message, details.cause === undefined ? undefined : { cause: details.cause });
    this.line = details.line;
  }
}
