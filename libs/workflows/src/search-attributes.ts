import { defineSearchAttributeKey, type SearchAttributePair, type SearchAttributeType } from '@temporalio/common';
import type { Progress } from './messages.js';

// Typed search attributes, for `MipnetGap > 0.1 AND ExecutionStatus = 'Running'` in the UI's query box.

const split = defineSearchAttributeKey('MipnetSplit', 'KEYWORD');
const objective = defineSearchAttributeKey('MipnetObjective', 'DOUBLE');
const gap = defineSearchAttributeKey('MipnetGap', 'DOUBLE');
const round = defineSearchAttributeKey('MipnetRound', 'INT');
const outstanding = defineSearchAttributeKey('MipnetOutstanding', 'INT');

/**
 * What a run shows in Temporal's lists: to be registered with the namespace before one may set `searchAttributes:
 * true`.
 */
export const searchAttributeTypes: readonly { readonly name: string; readonly type: SearchAttributeType }[] = [
  split,
  objective,
  gap,
  round,
  outstanding,
];

export function searchAttributesOf(progress: Progress): SearchAttributePair[] {
  const pairs: SearchAttributePair[] = [
    { key: split, value: progress.split ?? 'none' },
    { key: round, value: progress.round },
    { key: outstanding, value: progress.outstanding },
  ];
  // A reader would take the sum over some parts for that of all.
  if (progress.objective !== null && !progress.covers) pairs.push({ key: objective, value: progress.objective });
  if (progress.gap !== null) pairs.push({ key: gap, value: progress.gap });
  return pairs;
}
