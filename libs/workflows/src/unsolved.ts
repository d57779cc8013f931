// Tested by leaf-failure.unit.test.ts and node-failures.int.test.ts.
import { noLeaves, type ProblemNode, type Solved } from '@mipnet/recursion';

// Parts of a run without a result.

const withoutResult = {
  objective: null,
  bound: null,
  accuracy: { train: null, validation: null },
  seconds: { solver: 0, merge: 0 },
};

/** Longest reason of a failed leaf, in characters: one message holds the reasons and results of all parts. */
export const longestReason = 200;

/** All attempts failed: the run continues without this leaf and reports it. */
export const failedLeaf = (name: string, why: string): Solved => ({
  name,
  ...withoutResult,
  leaves: { ...noLeaves, failed: 1 },
  failures: [{ name, why }],
  stopped: false,
});

/** A part that is a run of its own has failed: the node above it names the part. */
export const lostPart = ({ name, splits }: ProblemNode, why: string): Solved => ({
  ...failedLeaf(splits.length === 0 ? name : 'the whole of it', why),
  name,
});

/** A stop came before the part had a result, or its result is no longer needed. */
export const cutShort = (name: string, isStop: boolean): Solved => ({
  name,
  ...withoutResult,
  leaves: isStop ? { ...noLeaves, unfinished: 1 } : noLeaves,
  stopped: true,
});
