import type { Solved } from '@mipnet/recursion';

/** Whether a run with a usable result was stopped early, or a part of it failed. */
export const isIncomplete = ({ stopped, leaves }: Solved): boolean => stopped || leaves.failed > 0;
