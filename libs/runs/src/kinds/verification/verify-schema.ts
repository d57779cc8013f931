import * as z from 'zod';
import { name, text } from '../../records/schema-parts.js';
import type { VerifyAsked } from './verify-asked.js';

export const verifyAsked = z.object({
  kind: z.literal('verify'),
  network: name,
  facts: z.array(z.tuple([name, name])).max(100),
  args: z.array(text).max(200).optional(),
}) satisfies z.ZodType<VerifyAsked>;

type Dropped = Exclude<keyof VerifyAsked, keyof z.output<typeof verifyAsked>>;
/** Does not compile if the type has a field that its schema would drop. */
type NoFieldIsDropped = [Dropped] extends [never] ? true : never;
void (true satisfies NoFieldIsDropped);

/** No other command relies on a part of it. */
export const verifiedReport = z.looseObject({});
