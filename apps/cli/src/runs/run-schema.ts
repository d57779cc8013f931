import { isKey, type ObjectRef } from '@mipnet/object-store';
import {
  shownFailures,
  type Covers,
  type FailedLeaf,
  type LeafCounts,
  type ProblemNode,
  type Solved,
} from '@mipnet/recursion';
import { readResolvedPlan, type Plan } from '@mipnet/training';
import type { Progress } from '@mipnet/workflows';
import { z } from 'zod';
import { plainLine } from '@mipnet/text';
import { isRunId } from './run-id.js';
import type { RunEnd, RunRecord, RunRequest, ServerPlace, TrainAsked, VerifyAsked } from './run-record.js';

// What a server says of a run (memo, result, progress) and what a record file says are input: whoever may start a workflow
// writes the memo. Fields that are not listed here are dropped; above all `out`, which would name a file to overwrite.

const text = z.string().max(4096);
/** For people to read. */
const name = text.transform(plainLine);
const count = z.number().int().nonnegative();
const share = z.number().nullable();
const seconds = z.number().nonnegative();
const time = z.iso.datetime();

const ref = z.object({
  key: text.refine(isKey),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: count,
}) satisfies z.ZodType<ObjectRef>;
const kind = z.enum(['train', 'verify']);
const node = z.object({
  kind,
  name,
  problem: ref,
  splits: z.array(name).max(100),
  questions: count.optional(),
}) satisfies z.ZodType<ProblemNode>;

const leaves = z.object({
  optimal: count,
  feasible: count,
  unresolved: count,
  failed: count,
  reused: count.optional(),
  unfinished: count.optional(),
}) satisfies z.ZodType<LeafCounts>;
const verdicts = z.object({ robust: count, adversarial: count, misclassified: count, unresolved: count });
const accuracy = z.object({ train: share, validation: share });
const spent = z.object({ solver: seconds, merge: seconds });

const covers = z.object({ parts: count, of: count, what: name }) satisfies z.ZodType<Covers>;
/** Names of failed subproblems that are shown; a server may not send more. */
const failures = z.array(z.object({ name, why: name }) satisfies z.ZodType<FailedLeaf>).max(shownFailures);

const solved = z.object({
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
  stopped: z.boolean(),
  decisive: z.boolean().optional(),
  endedBy: z.enum(['wall', 'solverSeconds', 'subproblems', 'gap', 'accuracy']).optional(),
});

const progress = z.object({
  run: z.string().refine(isRunId),
  name,
  split: name.nullable(),
  phase: z.enum(['dividing', 'solving', 'merging', 'done']),
  round: count,
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
});

const plan = z.unknown().transform((value, context): Plan => {
  try {
    return readResolvedPlan(value, 'plan');
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});
/** Becomes metadata of the network's file. */
const origin = z.record(z.string().regex(/^mipnet\.[a-z0-9.]{1,40}$/), z.string().max(65_536));
const reading = z.array(name).max(100);
const trainAsked = z.object({
  kind: z.literal('train'),
  plan,
  origin: origin.optional(),
  reading: reading.optional(),
}) satisfies z.ZodType<TrainAsked>;
const verifyAsked = z.object({
  kind: z.literal('verify'),
  network: name,
  facts: z.array(z.tuple([name, name])).max(100),
  args: z.array(text).max(200).optional(),
}) satisfies z.ZodType<VerifyAsked>;
const request = z.object({
  run: z.string().refine(isRunId),
  asked: z.discriminatedUnion('kind', [trainAsked, verifyAsked]),
  node,
  storeUrl: text,
  startedAt: time,
});

const place = z.object({
  kind: z.enum(['environment', 'kept', 'own']),
  address: text,
  namespace: text,
  uiUrl: text.nullable(),
}) satisfies z.ZodType<ServerPlace>;
/** Written by this machine alone; checked as far as other commands rely on it. */
const report = z.looseObject({
  network: z.looseObject({ file: text }),
  accuracy: z.looseObject({ test: share }),
  uiUrl: text.nullable(),
});
const end = z.object({
  status: z.enum(['completed', 'stopped', 'failed']),
  at: time,
  solved: solved.optional(),
  message: name.optional(),
  report: report.optional(),
});
/** A folder of this machine: what a server says of it does not count. */
const trainAskedHere = trainAsked.extend({ dataFolder: text.optional() }) satisfies z.ZodType<TrainAsked>;
const record = request.extend({
  asked: z.discriminatedUnion('kind', [trainAskedHere, verifyAsked]),
  format: z.literal('mipnet run 1'),
  server: place.nullable(),
  out: text.optional(),
  watched: z.boolean().optional(),
  end: end.optional(),
});

type Dropped<Type, Schema extends z.ZodType> = Exclude<keyof Type, keyof z.output<Schema>>;
type Assert<Holds extends true> = Holds;
/** Does not compile when one of these types has a field that its schema would drop. */
export type NoFieldIsDropped = Assert<
  [
    | Dropped<RunRequest, typeof request>
    | Dropped<RunRecord, typeof record>
    | Dropped<RunEnd, typeof end>
    | Dropped<Progress, typeof progress>
    | Dropped<TrainAsked, typeof trainAskedHere>
    | Dropped<VerifyAsked, typeof verifyAsked>
    | Dropped<Solved, typeof solved>
    | Dropped<LeafCounts, typeof leaves>
    | Dropped<ProblemNode, typeof node>,
  ] extends [never]
    ? true
    : false
>;

const schemas = { request, progress, solved, record };

interface Read {
  readonly request: RunRequest;
  readonly progress: Progress;
  readonly solved: Solved;
  readonly record: RunRecord;
}

/** What was read, or one sentence about what is wrong with it. */
export type Checked<T> =
  { readonly value: T; readonly wrong?: undefined } | { readonly value?: undefined; readonly wrong: string };

/** Checks data of a run that came from a server or a file: known fields only, names without control characters. */
export function checkRunData<What extends keyof Read>(what: What, data: unknown): Checked<Read[What]> {
  const checked = schemas[what].safeParse(data);
  if (checked.success) return sameKind(checked.data as unknown as Read[What]);
  const [{ path, message }] = checked.error.issues;
  return { wrong: plainLine(`${[what, ...path].map(String).join('.')}: ${message}`) };
}

function sameKind<T>(value: T): Checked<T> {
  const { asked: what, node: root } = value as Partial<RunRequest>;
  return what && root && what.kind !== root.kind
    ? { wrong: `asked.kind is ${what.kind}, and node.kind is ${root.kind}` }
    : { value };
}
