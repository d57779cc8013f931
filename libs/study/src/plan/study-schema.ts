import { parseReluFormulation, type ReluFormulation } from '@mipnet/encoding';
import { layerSchema, planSchema } from '@mipnet/training';
import * as z from 'zod';

const natural = z.number().int().nonnegative();
const positive = z.number().int().positive();
const duration = z.union([
  z.number().positive(),
  z.string().regex(/^\d+(\.\d+)?\s*(s|m|h)$/, 'a duration such as 10s, 5m or 1h'),
]);
const plainName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'letters, digits, dots, dashes and underscores, at most 63');

const formulation = z
  .string()
  .regex(/^(big-m|extended|convex-hull|partition\([1-9]\d*\))$/, 'one of big-m, extended, convex-hull, partition(N)')
  .transform((text): ReluFormulation => parseReluFormulation(text));

/** A training plan without the keys that each network of a study has itself. */
const trainingSchema = planSchema.omit({ name: true, network: true });

const networkSchema = z.union([
  z.strictObject({
    name: plainName,
    layers: z.array(layerSchema).min(1).describe('trained by mipnet: the layers, as `network` of a training plan'),
    training: trainingSchema.optional().describe("how this one is trained, instead of the plan's own `training`"),
  }),
  z.strictObject({ name: plainName, file: z.string().min(1).describe('an ONNX file, beside the plan') }),
]);

const querySchema = z.discriminatedUnion('ask', [
  z.strictObject({
    ask: z
      .literal('targeted')
      .describe('the nearest input whose score of the class (label + 5) mod 10 is factor times every other score'),
    norm: z.enum(['l1', 'linf']).default('l1'),
    factor: z.number().positive().default(1.2),
    reach: z.number().gt(0).max(1).default(1).describe('how far a single input may move'),
  }),
  z.strictObject({
    ask: z.literal('margin').describe('the least lead of the true class over the class (label + 5) mod 10 in a ball'),
    norm: z.enum(['l1', 'linf']).default('linf'),
    radius: z.number().positive(),
  }),
]);

export const studySchema = z.strictObject({
  name: plainName.default('unnamed'),
  dataset: z.string().optional().describe("whose test images the queries are about; the training's when left out"),
  images: z.array(natural).min(1).describe('numbers of test images'),
  networks: z.array(networkSchema).min(1),
  training: trainingSchema
    .default(trainingSchema.parse({}))
    .describe('how networks given by layers are trained: a training plan without its name and network'),
  queries: z.array(querySchema).min(1),
  formulations: z
    .array(formulation)
    .min(1)
    .default(['big-m', 'extended', 'convex-hull', 'partition(2)', 'partition(4)']),
  bounds: z
    .array(z.enum(['interval', 'crown', 'lp', 'mip']))
    .min(1)
    .default(['interval', 'crown', 'lp', 'mip']),
  limits: z
    .strictObject({
      time: duration
        .default('20s')
        .describe(
          "a MIP with its relaxation and cut rounds; seconds of the solver thread's processor time where " +
            'the system tells',
        ),
      boundWork: positive.default(1000).describe('LP iterations of each MIP that tightens a bound'),
      cutRounds: natural.default(50).describe('rounds of convex-hull inequalities'),
    })
    .default({ time: '20s', boundWork: 1000, cutRounds: 50 }),
  seed: natural.default(0).describe('of the solver'),
});

export type StudyPlan = z.infer<typeof studySchema>;
export type StudyNetwork = StudyPlan['networks'][number];
export type StudyQuery = StudyPlan['queries'][number];

/** JSON Schema of a study's plan, for editors. */
export const studyJsonSchema = (): object => z.toJSONSchema(studySchema, { io: 'input', unrepresentable: 'any' });
