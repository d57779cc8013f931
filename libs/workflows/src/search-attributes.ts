import { defineSearchAttributeKey, type SearchAttributePair, type SearchAttributeType } from '@temporalio/common';
import type { Progress, RunAbout } from './messages.js';

// Typed search attributes, for `MipnetGap > 0.1 AND MipnetStatus = 'running'` in the UI's query box.

const split = defineSearchAttributeKey('MipnetSplit', 'KEYWORD');
const objective = defineSearchAttributeKey('MipnetObjective', 'DOUBLE');
const gap = defineSearchAttributeKey('MipnetGap', 'DOUBLE');
const round = defineSearchAttributeKey('MipnetRound', 'INT');
const outstanding = defineSearchAttributeKey('MipnetOutstanding', 'INT');
const plan = defineSearchAttributeKey('MipnetPlan', 'KEYWORD');
const dataset = defineSearchAttributeKey('MipnetDataset', 'KEYWORD');
const accuracy = defineSearchAttributeKey('MipnetAccuracy', 'DOUBLE');
const status = defineSearchAttributeKey('MipnetStatus', 'KEYWORD');

/** Those that runs without `about` set, too. */
const first = [split, objective, gap, round, outstanding];

/**
 * What a run shows in Temporal's lists: to be registered with the namespace before one may set `searchAttributes:
 * true`. A server on SQL has room for 3 attributes of type DOUBLE and 3 of type INT.
 */
export const searchAttributeTypes: readonly { readonly name: string; readonly type: SearchAttributeType }[] = [
  ...first,
  plan,
  dataset,
  accuracy,
  status,
];

/** Registered by every version of mipnet: enough for `searchAttributes: true`, but not for `about`. */
export const firstSearchAttributes: readonly string[] = first.map(({ name }) => name);

/**
 * How a run stands. A run that was stopped has a result, so that Temporal calls it completed; this says more.
 * `budget`: a cost of its budget is used up; `target`: it met the target of its budget.
 */
export type RunStatusName =
  'running' | 'paused' | 'stopping' | 'completed' | 'stopped' | 'budget' | 'target' | 'failed';

const statusNow = ({ stopped, paused }: Progress): RunStatusName =>
  stopped ? 'stopping' : paused ? 'paused' : 'running';

/** Longest value of a KEYWORD that every visibility store takes. */
const longestKeyword = 200;

/**
 * @param about absent: the cluster may not know the attributes that came with it
 * @param ended how it ended; absent while it runs
 */
export function searchAttributesOf(progress: Progress, about?: RunAbout, ended?: RunStatusName): SearchAttributePair[] {
  const pairs: SearchAttributePair[] = [
    { key: split, value: progress.split ?? 'none' },
    { key: round, value: progress.round },
    { key: outstanding, value: progress.outstanding },
  ];
  // A reader would take the sum over some parts for that of all.
  if (progress.objective !== null && !progress.covers) pairs.push({ key: objective, value: progress.objective });
  if (progress.gap !== null) pairs.push({ key: gap, value: progress.gap });
  if (!about) return pairs;
  pairs.push({ key: plan, value: about.plan.slice(0, longestKeyword) });
  if (about.dataset !== undefined) pairs.push({ key: dataset, value: about.dataset.slice(0, longestKeyword) });
  pairs.push({ key: status, value: ended ?? statusNow(progress) });
  const { validation } = progress.accuracy;
  if (validation !== null && !progress.covers) pairs.push({ key: accuracy, value: validation });
  return pairs;
}
