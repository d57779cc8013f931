import { z } from 'zod';

// Numbers that options of plans are made of.

export const positive = z.number().int().positive();

/**
 * A size is refused while it is a number: as an array it would have taken the memory. Nothing beyond has ever been
 * solved.
 */
export const atMost = (most: number) => z.number().max(most).int().positive();
