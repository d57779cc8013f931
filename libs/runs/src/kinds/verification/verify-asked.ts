import { mipnetCommandAnywhere } from '@mipnet/text';
import { z } from 'zod';
import type { Asked } from '../../records/run-request.js';
import { name, text } from '../../records/schema-parts.js';

/** What a verification was asked for. */
export interface VerifyAsked extends Asked {
  readonly kind: 'verify';
  /** The network's file. */
  readonly network: string;
  /** What was asked about it, for a person to read. */
  readonly facts: readonly (readonly [string, string])[];
  /**
   * What asks it again: arguments of `mipnet verify`. A line for a shell is made where it is printed, see `askAgain`.
   */
  readonly args?: readonly string[];
}

/**
 * The command that asks a verification again; undefined if a version did not note it. A memo is a stranger's: words, no
 * line.
 */
export const askAgain = ({ args }: VerifyAsked): string | undefined =>
  !Array.isArray(args) ? undefined : mipnetCommandAnywhere('verify', ...args.map(String));

export const verifyAsked = z.object({
  kind: z.literal('verify'),
  network: name,
  facts: z.array(z.tuple([name, name])).max(100),
  args: z.array(text).max(200).optional(),
}) satisfies z.ZodType<VerifyAsked>;

type Dropped = Exclude<keyof VerifyAsked, keyof z.output<typeof verifyAsked>>;
/** Does not compile when the type has a field that its schema would drop. */
type NoFieldIsDropped = [Dropped] extends [never] ? true : never;
void (true satisfies NoFieldIsDropped);
