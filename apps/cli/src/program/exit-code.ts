import { blameOf } from '@mipnet/errors';

/**
 * The command's exit codes, part of its contract. `incomplete`: usable, but stopped early or without parts that failed.
 */
export const exitCode = { done: 0, failed: 1, badInput: 2, incomplete: 3 } as const;

export const exitCodeOf = (error: unknown): number =>
  blameOf(error) === 'input' ? exitCode.badInput : exitCode.failed;
