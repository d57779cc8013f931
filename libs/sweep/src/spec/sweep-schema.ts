// Tested by read-sweep.unit.test.ts.
import * as z from 'zod';

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const key = z.string().min(1).max(200);
const values = z
  .union([scalar, z.array(z.unknown()).min(1).max(10_000)])
  .describe('a list of values, or a range: 1..5, lin:0..1:5, log:1e-3..1e2:6');
const axes = z.record(key, values);
const changes = z.record(key, z.unknown()).describe('key of the plan -> value, as for --set');

export const halvingSchema = z.union([
  z.literal('none'),
  z.strictObject({
    by: z
      .enum(['rows', 'limits'])
      .default('rows')
      .describe('what earlier rounds have less of: training rows, or the limits of each MIP'),
    factor: z.number().min(1.5).max(100).default(3).describe('a round keeps one of so many settings'),
    rounds: z.number().int().min(1).max(8).optional().describe('by default as many as the rows allow, at most 4'),
  }),
]);

const variantSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[\w][\w .+-]{0,62}$/, 'letters, digits, spaces, dots, dashes, plus signs and underscores, at most 63'),
    preset: z.string().optional().describe('a plan that comes with mipnet, instead of the plan of the sweep'),
    plan: z.string().optional().describe('a plan file, relative to this file, instead of the plan of the sweep'),
    set: changes.default({}),
  })
  .refine(({ preset, plan }) => preset === undefined || plan === undefined, 'give preset or plan, not both');

/** The key `sweep` of a sweep's file. */
export const sweepSchema = z.strictObject({
  vary: axes.default({}).describe('keys of the plan and their values; every combination is one setting'),
  repeat: axes
    .default({})
    .describe('keys whose values repeat every setting: other draws (seed), or other test rows (dataset.splitSeed)'),
  variants: z
    .array(variantSchema)
    .min(1)
    .max(1_000)
    .optional()
    .describe('named plans, or named changes of the plan: one more axis'),
  folds: z
    .number()
    .int()
    .min(2)
    .max(100)
    .optional()
    .describe('cross-validation on the training rows instead of one set of validation rows'),
  halving: halvingSchema
    .optional()
    .describe('successive halving; by default none for up to 8 settings, by rows for more'),
  final: z
    .union([z.literal('none'), changes])
    .optional()
    .describe('none: nothing is chosen; or changes of the plan for the last round, which trains the best setting'),
  seed: z.number().int().nonnegative().default(0).describe('of the rows that earlier rounds train on'),
});

export type SweepKeys = z.output<typeof sweepSchema>;
export type Halving = z.output<typeof halvingSchema>;
