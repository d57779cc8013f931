import type { Solved } from '@mipnet/recursion';

/** Of a run that left something usable: whether a stop cut it short or a part of it failed. */
export const isIncomplete = ({ stopped, leaves }: Solved): boolean => stopped || leaves.failed > 0;
