import * as z from 'zod';

// Numbers that options of plans are made of.

export const positive = z.number().int().positive();

/**
 * A size is refused while it is only a number, before an array exhausts the memory. No larger problem has been solved
 * yet.
 */
export const atMost = (most: number) => z.number().max(most).int().positive();
