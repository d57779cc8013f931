// Tested by sweep.unit.test.ts.
import { datasetSchema, type Plan } from '@mipnet/training';
import * as z from 'zod';
import type { Asked } from '../../records/run-request.js';
import { count, name, share, text } from '../../records/schema-parts.js';

/** What a sweep was asked for. */
export interface SweepAsked extends Asked {
  readonly kind: 'sweep';
  /** Of the plan. */
  readonly name: string;
  /** Keys that are varied, and those that repeat. */
  readonly keys: readonly string[];
  readonly repeated: readonly string[];
  readonly settings: number;
  readonly repeats: number;
  /** Decisions while the data was read, for the user to check. */
  readonly reading?: readonly string[];
  /** Of the first setting, with absolute paths. */
  readonly dataset?: Plan['dataset'];
  /** The folder that --data named, absolute. */
  readonly dataFolder?: string;
}

export const isSweep = (asked: Asked): asked is SweepAsked => asked.kind === 'sweep';

const keys = z.array(name).max(1_000);

export const sweepAsked = z.object({
  kind: z.literal('sweep'),
  name,
  keys,
  repeated: keys,
  settings: count,
  repeats: count,
  reading: z.array(name).max(100).optional(),
}) satisfies z.ZodType<SweepAsked>;

/** Paths of this machine: values from a server do not count. */
export const sweepAskedHere = sweepAsked.extend({
  dataset: datasetSchema.optional(),
  dataFolder: text.optional(),
}) satisfies z.ZodType<SweepAsked>;

/** The part of a sweep's report that other commands rely on. */
export const sweptReport = z.looseObject({
  final: z
    .looseObject({
      test: z.looseObject({ mean: share }).nullable(),
      networks: z.array(z.looseObject({ file: text })),
    })
    .nullable(),
});

type Dropped = Exclude<keyof SweepAsked, keyof z.output<typeof sweepAskedHere>>;
/** Does not compile if the type has a field that its schema would drop. */
type NoFieldIsDropped = [Dropped] extends [never] ? true : never;
void (true satisfies NoFieldIsDropped);
