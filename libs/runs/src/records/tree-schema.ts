// Tested by run-record.unit.test.ts.
import { isKey, type ObjectRef } from '@mipnet/object-store';
import {
  shownFailures,
  type Covers,
  shownUnderWay,
  type FailedLeaf,
  type LeafCounts,
  type LeafUnderWay,
  type NamedRound,
  type ProblemNode,
  type Solved,
} from '@mipnet/recursion';
import type { Progress } from '@mipnet/workflows';
import * as z from 'zod';
import { isRunId } from './run-id.js';
import { count, name, seconds, share, text } from './schema-parts.js';

// Data of a tree from a server: its nodes, its results, its progress. Fields that are not listed here are dropped.

const ref = z.object({
  key: text.refine(isKey),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: count,
}) satisfies z.ZodType<ObjectRef>;
const roundName = z.object({ name, at: count, of: count }) satisfies z.ZodType<NamedRound>;
export const node = z.object({
  kind: name,
  name,
  title: name.optional(),
  roundName: roundName.optional(),
  problem: ref,
  splits: z.array(name).max(100),
  questions: count.optional(),
  solver: name.optional(),
  partsMayFail: z.boolean().optional(),
  budget: z
    .object({
      wall: seconds.optional(),
      solverSeconds: seconds.optional(),
      subproblems: count.optional(),
      gap: seconds.optional(),
      accuracy: seconds.optional(),
    })
    .optional(),
}) satisfies z.ZodType<ProblemNode>;

const leaves = z.object({
  optimal: count,
  feasible: count,
  unresolved: count,
  failed: count,
  bySolver: count.optional(),
  reused: count.optional(),
  unfinished: count.optional(),
}) satisfies z.ZodType<LeafCounts>;
const verdicts = z.object({ robust: count, adversarial: count, misclassified: count, unresolved: count });
const accuracy = z.object({ train: share, validation: share });
const spent = z.object({ solver: seconds, merge: seconds });

const covers = z.object({ parts: count, of: count, what: name }) satisfies z.ZodType<Covers>;
/** Names of failed subproblems that are shown; a server may not send more. */
const failures = z.array(z.object({ name, why: name }) satisfies z.ZodType<FailedLeaf>).max(shownFailures);

export const solved = z.object({
  name,
  incumbent: ref.optional(),
  trace: ref.optional(),
  objective: share,
  covers: covers.optional(),
  failures: failures.optional(),
  bound: share,
  accuracy,
  verdicts: verdicts.optional(),
  leaves,
  seconds: spent,
  solvers: z.array(name).max(100).optional(),
  slot: z.object({ name, from: seconds, to: seconds }).optional(),
  stopped: z.boolean(),
  decisive: z.boolean().optional(),
  endedBy: z.enum(['wall', 'solverSeconds', 'subproblems', 'gap', 'accuracy']).optional(),
});

/** Also in the heartbeats of a worker. */
export const leafUnderWay = z.object({
  name,
  step: name.optional(),
  stage: count.optional(),
  objective: share,
  bound: share,
  nodes: count,
  work: count,
  startedAt: z.number(),
}) satisfies z.ZodType<LeafUnderWay>;

export const progress = z.object({
  run: z.string().refine(isRunId),
  name,
  split: name.nullable(),
  phase: z.enum(['dividing', 'solving', 'merging', 'done']),
  round: count,
  roundName: roundName.optional(),
  roundLeaves: z.object({ solved: count, total: count }).optional(),
  underWay: z.array(leafUnderWay).max(shownUnderWay).optional(),
  solved: count,
  total: count,
  inFlight: count,
  outstanding: count,
  objective: share,
  covers: covers.optional(),
  trouble: name.optional(),
  bound: share,
  gap: share,
  accuracy,
  questions: count.nullable(),
  verdicts: verdicts.nullable(),
  counts: leaves,
  seconds: spent,
  stopped: z.boolean(),
  paused: z.boolean(),
  startedAt: z.number(),
  etaSeconds: share,
  eta: z.object({ least: seconds, most: seconds }).optional(),
});

type Dropped<Type, Schema extends z.ZodType> = Exclude<keyof Type, keyof z.output<Schema>>;
/** Does not compile if one of these types has a field that its schema would drop. */
void (true satisfies [
  | Dropped<Progress, typeof progress>
  | Dropped<Solved, typeof solved>
  | Dropped<LeafCounts, typeof leaves>
  | Dropped<LeafUnderWay, typeof leafUnderWay>
  | Dropped<NamedRound, typeof roundName>
  | Dropped<ProblemNode, typeof node>,
] extends [never]
  ? true
  : false);
