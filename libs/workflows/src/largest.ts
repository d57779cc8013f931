/** A server refuses a workflow with 2,000 pending activities. */
export const largestWindow = 1000;

/**
 * Most parts of one node: all their `Solved` are one message to `merge`, about 500 bytes each (650 for a part that was
 * itself divided), and a message holds 2 MB.
 */
export const mostParts = 3000;

/** Between rounds, a node whose history has this many events continues as new. */
export const continueAtEvents = 8000;

/** The same by size: a Temporal server warns from 10 MB on and ends a workflow at 50 MB. */
export const continueAtBytes = 8 * 2 ** 20;
