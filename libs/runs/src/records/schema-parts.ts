import { plainLine } from '@mipnet/text';
import * as z from 'zod';

// Parts of the schemas of untrusted data: sizes are bounded, and names have no control characters.

export const text = z.string().max(4096);
/** For people to read. */
export const name = text.transform(plainLine);
export const count = z.number().int().nonnegative();
export const share = z.number().nullable();
export const seconds = z.number().nonnegative();
export const time = z.iso.datetime();
