// Tested by ../../../../../apps/cli/src/e2e/runs.e2e.test.ts.
import { readResolvedPlan, type Plan } from '@mipnet/training';
import * as z from 'zod';
import { RunError } from '../../run-error.js';
import type { Asked, RunRequest } from '../../records/run-request.js';
import { name, share, text } from '../../records/schema-parts.js';
import type { Origin } from './network-origin.js';

/** What a training was asked for. */
export interface TrainAsked extends Asked {
  readonly kind: 'train';
  readonly plan: Plan;
  /** The metadata of the network's file about its plan and data. */
  readonly origin?: Origin;
  /** The folder that --data named, absolute. */
  readonly dataFolder?: string;
  /** Decisions while the data was read, for the user to check: header, missing values, columns left out. */
  readonly reading?: readonly string[];
}

/** The request is also the memo of a workflow, so a table with many unusual columns must not fill it. */
const mostReadingLines = 40;
const mostReadingLine = 300;

/** Decisions while the data was read, as far as they fit into a request. */
export function shortReading(reading: readonly string[]): readonly string[] {
  const lines = reading
    .slice(0, mostReadingLines)
    .map((line) => (line.length > mostReadingLine ? `${line.slice(0, mostReadingLine)} ...` : line));
  return reading.length > mostReadingLines
    ? [...lines, `... and ${reading.length - mostReadingLines} more lines`]
    : lines;
}

export const isTraining = (asked: Asked): asked is TrainAsked => asked.kind === 'train';

/** @throws RunError 'bad-input' for a run that is no training */
export function trainAskedOf({ run, asked }: RunRequest): TrainAsked {
  if (!isTraining(asked)) throw new RunError('bad-input', `${run} is no training, it has no plan`);
  return asked;
}

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

export const trainAsked = z.object({
  kind: z.literal('train'),
  plan,
  origin: origin.optional(),
  reading: z.array(name).max(100).optional(),
}) satisfies z.ZodType<TrainAsked>;

/** A folder of this machine: a value from a server does not count. */
export const trainAskedHere = trainAsked.extend({ dataFolder: text.optional() }) satisfies z.ZodType<TrainAsked>;

/** The part of a training's report that other commands rely on. */
export const trainedReport = z.looseObject({
  network: z.looseObject({ file: text }),
  accuracy: z.looseObject({ test: share }),
  uiUrl: text.nullable(),
});

type Dropped = Exclude<keyof TrainAsked, keyof z.output<typeof trainAskedHere>>;
/** Does not compile if the type has a field that its schema would drop. */
type NoFieldIsDropped = [Dropped] extends [never] ? true : never;
void (true satisfies NoFieldIsDropped);
