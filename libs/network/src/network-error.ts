import { MipnetError, type Blame } from '@mipnet/errors';

/**
 * shape: sizes that do not fit together. value: a number or name outside what is allowed. onnx: bytes that are not a
 * readable ONNX model. unsupported: a valid request that this library cannot represent.
 */
export type NetworkErrorCode = 'shape' | 'value' | 'onnx' | 'unsupported';

export interface NetworkErrorDetails {
  /** Index of the layer in `network.layers`. */
  readonly layer?: number;
  readonly kind?: string;
  readonly cause?: unknown;
}

const blames = { shape: 'input', value: 'input', onnx: 'input', unsupported: 'input' } as const satisfies Record<
  NetworkErrorCode,
  Blame
>;

/** A fault of a network, its inputs or its file. The message says what is wrong, where, and what to do. */
export class NetworkError extends MipnetError<NetworkErrorCode> {
  readonly layer?: number;
  readonly kind?: string;

  constructor(code: NetworkErrorCode, message: string, details: NetworkErrorDetails = {}) {
    const where = details.layer === undefined ? '' : `layer ${details.layer} (${details.kind}): `;
    super(code, blames[code], where + message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'NetworkError';
    this.layer = details.layer;
    this.kind = details.kind;
  }
}
