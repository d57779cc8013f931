// Tested by run-record.unit.test.ts and ../server/run-server.int.test.ts.
import type { Solved } from '@mipnet/recursion';
import { plainLine } from '@mipnet/text';
import type { Progress } from '@mipnet/workflows';
import * as z from 'zod';
import { kindNames, kindOf } from '../kinds/kinds.js';
import { isRunId } from './run-id.js';
import {
  recordFormat,
  type RunEnd,
  type RunEnvironment,
  type RunRecord,
  type RunRequest,
  type ServerPlace,
} from './run-request.js';
import { count, name, text, time } from './schema-parts.js';
import { node, progress, solved } from './tree-schema.js';

// Data of a run from a server (memo, result, progress) and from a record file are input: anyone who can start a
// workflow can write the memo. Fields that are not listed here are dropped, above all `out`, which would name a file to
// overwrite.

const request = z.object({
  run: z.string().refine(isRunId),
  asked: z.looseObject({ kind: z.enum(kindNames as [string, ...string[]]) }),
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

const end = z.object({
  status: z.enum(['completed', 'stopped', 'failed']),
  at: time,
  solved: solved.optional(),
  message: name.optional(),
  /** Written by this machine alone; its kind checks it as far as other commands rely on it. */
  report: z.looseObject({}).optional(),
});

const environment = z.object({
  mipnet: name,
  node: name,
  machine: name,
  temporal: name.nullable(),
  slots: count,
}) satisfies z.ZodType<RunEnvironment>;

const record = request.extend({
  environment: environment.optional(),
  format: z.literal(recordFormat),
  server: place.nullable(),
  out: text.optional(),
  watched: z.boolean().optional(),
  end: end.optional(),
});

type Dropped<Type, Schema extends z.ZodType> = Exclude<keyof Type, keyof z.output<Schema>>;
/** Does not compile if one of these types has a field that its schema would drop. */
void (true satisfies [
  Dropped<RunRequest, typeof request> | Dropped<RunRecord, typeof record> | Dropped<RunEnd, typeof end>,
] extends [never]
  ? true
  : false);

/** The data, or one sentence about what is wrong with them. */
export type Checked<T> =
  { readonly value: T; readonly wrong?: undefined } | { readonly value?: undefined; readonly wrong: string };

function check<Schema extends z.ZodType>(what: string, schema: Schema, data: unknown): Checked<z.output<Schema>> {
  const checked = schema.safeParse(data);
  if (checked.success) return { value: checked.data };
  const [{ path, message }] = checked.error.issues;
  return { wrong: plainLine(`${[what, ...path].map(String).join('.')}: ${message}`) };
}

export const checkProgress = (data: unknown): Checked<Progress> => check('progress', progress, data);

export const checkSolved = (data: unknown): Checked<Solved> => check('solved', solved, data);

/** What a workflow's memo says was asked. */
export const checkRequest = (data: unknown): Promise<Checked<RunRequest>> =>
  ofOneKind('request', check('request', request, data));

/** What a file of this machine says of a run. */
export async function checkRecord(data: unknown): Promise<Checked<RunRecord>> {
  const checked = await ofOneKind('record', check('record', record, data));
  const { value } = checked;
  if (!value?.end?.report) return checked;
  const { report } = await kindOf(value.asked.kind, value.run).schemas();
  const { wrong } = check('record.end.report', report, value.end.report);
  return wrong === undefined ? checked : { wrong };
}

/** Checks the request by the schema of its kind, and that the root is of that kind. */
async function ofOneKind<T extends RunRequest>(what: 'request' | 'record', checked: Checked<T>): Promise<Checked<T>> {
  const { value } = checked;
  if (value === undefined) return checked;
  const kind = kindOf(value.asked.kind, value.run);
  if (value.asked.kind !== value.node.kind)
    return { wrong: `asked.kind is ${value.asked.kind}, and node.kind is ${value.node.kind}` };
  const schemas = await kind.schemas();
  const asked = check(`${what}.asked`, what === 'record' ? schemas.askedHere : schemas.asked, value.asked);
  return asked.wrong === undefined ? { value: { ...value, asked: asked.value } as T } : { wrong: asked.wrong };
}
