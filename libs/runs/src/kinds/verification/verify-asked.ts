import { mipnetCommandAnywhere } from '@mipnet/text';
import type { Asked } from '../../records/run-request.js';

/** What a verification was asked for. */
export interface VerifyAsked extends Asked {
  readonly kind: 'verify';
  /** The network's file. */
  readonly network: string;
  /** The request, for people to read. */
  readonly facts: readonly (readonly [string, string])[];
  /** The arguments of `mipnet verify` that repeat it. `askAgain` makes a shell command of them when it is printed. */
  readonly args?: readonly string[];
}

/**
 * The command that repeats a verification; undefined if its version did not note it. A memo is untrusted, so it holds
 * words and no command line.
 */
export const askAgain = ({ args }: VerifyAsked): string | undefined =>
  !Array.isArray(args) ? undefined : mipnetCommandAnywhere('verify', ...args.map(String));
