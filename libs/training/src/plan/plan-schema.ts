import type { Budget } from '@mipnet/recursion';
import { datasetList, ownFileName } from '@mipnet/dataset';
import { solverNames } from '@mipnet/solver';
import * as z from 'zod';
import { fixedNames } from '../fixed/registry.js';
import { lossNames } from '../problem/objective.js';
import { atMost, positive } from '../splits/option-types.js';
import { affineSchema } from './affine-schema.js';
import { splitSchema } from './split-schema.js';

const duration = z.union([
  z.number().positive(),
  z.string().regex(/^\d+(\.\d+)?\s*(s|m|h)$/, 'a duration such as 10s, 5m or 1h'),
]);
const weights = z
  .string()
  .regex(
    /^(ternary|binary|real|integer\([1-9]\d{0,5}\))$/,
    'one of ternary, binary, real, integer(P) with P up to 999999',
  );

/** A column by its name, or by its number from 0, or from the end as -1, -2, ... */
const column = z.union([z.string(), z.number().int()]);

/** Keys of every data set, and those that single data sets need (a CSV's file and class column). */
export const datasetSchema = z.strictObject({
  name: z.string().default('mnist').describe(datasetList),
  perClass: positive.optional().describe('training samples per class; by default all but the validation samples'),
  examples: positive
    .optional()
    .describe('training samples in total, divided among the classes in proportion to their sizes; instead of perClass'),
  indices: z.string().optional().describe('file with a JSON array of training row numbers, instead of perClass'),
  seed: z.number().int().nonnegative().optional().describe("which samples are drawn; by default the plan's seed"),
  shifts: z
    .union([z.literal(0), z.literal(4), z.literal(8)])
    .default(0)
    .describe('copies of every training image, moved by one pixel'),
  affine: affineSchema
    .optional()
    .describe('copies of every training image, turned, scaled, sheared and moved at random'),
  deskew: z
    .boolean()
    .optional()
    .describe('straightens every image by a shear; the network then reads deskewed images, and its file says so'),
  validationPerClass: z
    .number()
    .int()
    .nonnegative()
    .optional()
    .describe(
      'validation samples per class, outside the training samples; by default 100, or fewer if a class has fewer',
    ),
  validationFraction: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .describe('fraction of all training rows kept for validation, in each class; instead of validationPerClass'),
  classWeights: z
    .union([z.literal('balanced'), z.record(z.string(), z.number().positive().max(1e6))])
    .optional()
    .describe(
      'how much a training sample of a class counts in the loss: balanced (every class as much as any other), or ' +
        'weights by class name',
    ),
  splitSeed: z
    .number()
    .int()
    .nonnegative()
    .default(0)
    .describe('heart and data of your own: which rows are held out for the test'),
  file: z
    .string()
    .optional()
    .describe(
      'data of your own, instead of a name: a table (CSV, Parquet), arrays (.npz, .npy), a folder of images (IDX ' +
        'files, or PNG by class), or an s3:// URL of such a file',
    ),
  labels: z.string().optional().describe('an array of your own (X.npy): the file of its labels, y.npy'),
  class: column.optional().describe('a table of your own: name or number of the class column'),
  test: z.string().optional().describe('a table of your own: a separate table for the test set'),
  header: z.boolean().optional().describe('a CSV table: whether the first line names the columns; detected by default'),
  delimiter: z
    .string()
    .regex(/^([^"\r\n]|tab)$/, 'one character, or tab')
    .optional()
    .describe('a CSV table: what separates cells; detected by default'),
  encoding: z
    .string()
    .optional()
    .describe(
      'a CSV table: a name such as utf-8, utf-16le or windows-1252; by default that of the byte-order mark, ' +
        'otherwise utf-8',
    ),
  decimal: z.enum(['.', ',']).optional().describe('a CSV table: the decimal mark; detected by default'),
  missing: z
    .array(z.union([z.string(), z.number()]))
    .max(1_000)
    .optional()
    .describe(
      'a table of your own: markers of a missing value besides the empty cell; by default ?, NA, N/A, NaN, null, ' +
        'None and so on',
    ),
  categorical: z
    .array(column)
    .max(10_000)
    .optional()
    .describe('a table of your own: numeric columns to treat as categories'),
  ignore: z.array(column).max(10_000).optional().describe('a table of your own: columns to leave out'),
  deviations: z
    .number()
    .positive()
    .optional()
    .describe(
      'tables: numbers are scaled by at most so many standard deviations on each side of their mean; by default by ' +
        'their smallest and largest value',
    ),
  testFraction: z
    .number()
    .gte(0)
    .lt(1)
    .optional()
    .describe('heart and data of your own: fraction of the rows held out for the test; 0: none'),
});

export const activationSchema = z.enum(['none', 'relu', 'leakyRelu', 'clip', 'abs', 'step', 'sign', 'ternary']);
export type PlanActivation = z.infer<typeof activationSchema>;

const layerName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9._-]{0,62}$/, 'a letter, then letters, digits, dots, dashes and underscores, at most 63');

/** Where a layer stands. Without `from` it reads the layer before it. */
const place = {
  name: layerName.optional().describe('by which later layers read it'),
  from: z
    .union([layerName, z.array(layerName).min(1).max(100)])
    .optional()
    .describe("name of the earlier layer that it reads, or 'input'; the layer before it when left out"),
};
const several = z.array(layerName).min(2).max(100).describe("names of the layers that it reads; 'input' is the data");

/** The activation behind a layer with weights, and its parameters. */
const activated = {
  activation: activationSchema.default('none'),
  threshold: z.number().positive().optional().describe('of the activation ternary; 1 when left out'),
  slope: z.number().nonnegative().optional().describe('of leakyRelu, below zero; 0.01 when left out'),
  low: z.number().optional().describe('of clip; -1 when left out'),
  high: z.number().optional().describe('of clip; 1 when left out: hard tanh'),
};

/** Windows of a pool. */
const windows = {
  stride: atMost(1000).optional().describe('from one window to the next; smaller than the side, windows overlap'),
  offset: z
    .number()
    .int()
    .nonnegative()
    .max(1000)
    .optional()
    .describe('rows and columns that are left out at the top and on the left, so that windows lie elsewhere'),
};

export const layerSchema = z.union([
  z.strictObject({
    dense: atMost(100_000).describe('number of neurons'),
    weights: weights.default('ternary'),
    bound: z
      .number()
      .positive()
      .optional()
      .describe('largest |weight|; needed for real weights, because every big-M constant is computed from it'),
    bias: z.boolean().default(true),
    ...activated,
    ...place,
  }),
  z.strictObject({
    conv: atMost(10_000).describe('number of filters'),
    kernel: atMost(1000).describe('side of the square filter'),
    stride: atMost(1000).default(1),
    weights: weights.default('ternary'),
    bound: z.number().positive().optional().describe('largest |weight|; needed for real weights'),
    bias: z.boolean().default(true),
    ...activated,
    ...place,
  }),
  z.strictObject({
    conv: atMost(10_000).describe('number of filters'),
    kernel: atMost(1000).describe('side of the square filter'),
    fixed: z
      .union([
        z.enum(fixedNames),
        z.strictObject({ file: z.string().min(1).describe('a .npy file of [filters, channels, side, side]') }),
      ])
      .describe('filters that are not trained: the name of a kind, or a file'),
    stride: atMost(1000).default(1),
    pad: z.number().int().nonnegative().max(1000).default(0).describe('rows and columns of zeros on every side'),
    bias: z.number().default(0).describe('added to every response; -1 before relu or step asks for more than 1'),
    ...activated,
    ...place,
  }),
  z.strictObject({
    strongest: z
      .number()
      .positive()
      .max(1)
      .describe('at every pixel, channels below (1 - strongest) times the largest channel become 0'),
    ...place,
  }),
  z.strictObject({
    averagePool: atMost(1000).describe('side of the square window, which is the stride if there is none'),
    ...windows,
    ...place,
  }),
  z.strictObject({
    maxPool: atMost(1000).describe('side of the square window, which is the stride if there is none'),
    ...windows,
    ...place,
  }),
  z.strictObject({ quantize: atMost(2 ** 24).describe('rounds to multiples of 1/quantize'), ...place }),
  z.strictObject({
    thermometer: atMost(1000).describe(
      'codes every input by at most so many cuts at quantiles of the training rows: 1 for every cut that it ' +
        'reaches, otherwise 0',
    ),
    ...place,
  }),
  z.strictObject({ flatten: z.literal(true), ...place }),
  z.strictObject({
    image: z
      .tuple([atMost(1000), atMost(1000)])
      .describe('rows and columns: reads a vector, such as the pixels in a row of a table, as an image'),
    blank: z
      .array(z.number().int().nonnegative())
      .max(1_000_000)
      .default([])
      .describe('pixels that the vector leaves out, counted row by row from 0, such as constant columns; they are 0'),
    ...place,
  }),
  z.strictObject({ concat: z.literal(true).describe('puts layers side by side'), ...place, from: several }),
  z.strictObject({ add: z.literal(true).describe('the sum of layers of one shape'), ...place, from: several }),
]);

export const fitSchema = z.strictObject({
  loss: z.enum(lossNames).default('hinge'),
  margin: z
    .number()
    .positive()
    .default(1)
    .describe('rho: a sample reaches the margin if y s >= rho, in units of the score'),
  sparsity: z.number().nonnegative().default(0).describe('added weight of sum |w|'),
});

export const objectiveSchema = z.union([
  z.enum(['fit', 'margin', 'sparsity']),
  z.strictObject({ fit: fitSchema }),
  z.strictObject({
    sparsity: z.enum(['weights', 'neurons']).describe('sum |w|, or the number of hidden neurons in use'),
  }),
]);

/** A name alone is short for a data set; a file without a name is a data set of one's own. */
function named(value: unknown): unknown {
  if (typeof value === 'string') return { name: value };
  const isOwn = typeof value === 'object' && value !== null && 'file' in value && !('name' in value);
  return isOwn ? { name: ownFileName, ...value } : value;
}

export const planSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'letters, digits, dots, dashes and underscores, at most 63')
    .default('unnamed'),
  dataset: z.preprocess(named, datasetSchema).default(datasetSchema.parse({})),
  network: z
    .array(layerSchema)
    .min(1)
    .max(100)
    .describe("layers: of one pair's network with the split pairs, otherwise of the whole network"),
  start: z.string().optional().describe('ONNX file of a network with the same layers, to begin with'),
  splits: z.array(splitSchema).max(20).default([]),
  objectives: z.array(objectiveSchema).min(1).max(20).default(['fit']),
  solver: z
    .strictObject({
      backend: z
        .enum(solverNames)
        .optional()
        .describe('which solver solves the MIPs (docs/solvers.md says what each can do); highs when left out'),
      workLimit: z
        .number()
        .int()
        .nonnegative()
        .optional()
        .describe(
          "LP iterations per MIP, or the backend's own unit; the same result on every machine. 0: the " +
            'relaxation, rounded and improved, without branch and cut',
        ),
      timeLimit: duration.optional().describe('seconds per MIP (or 10s, 5m, 1h)'),
      gap: z.number().nonnegative().default(0).describe('relative gap at which a MIP may stop'),
      searchLimit: positive
        .optional()
        .describe(
          'of the local search in networks with hidden layers: millions of updates of one neuron for one ' +
            'sample; by default derived from workLimit or timeLimit',
        ),
      stopAtError: z
        .number()
        .min(0)
        .lt(1)
        .optional()
        .describe('fraction of misclassified training samples at which a fit may stop'),
      epsilon: z
        .number()
        .positive()
        .optional()
        .describe('dead zone of pre-activations around zero, if no grid keeps them away from it; by default 0.001'),
      reuse: z
        .boolean()
        .optional()
        .describe('false: solve every MIP, even if its result is known from an earlier run; by default true'),
    })
    .default({ gap: 0 }),
  budget: z
    .strictObject({
      wall: duration.optional().describe('seconds from the beginning of the run (or 10m, 2h); pauses count'),
      solverSeconds: z.number().positive().optional().describe('seconds of all solvers together'),
      subproblems: positive.optional().describe('MIPs that have ended'),
      gap: z
        .number()
        .nonnegative()
        .optional()
        .describe('target: relative gap of the whole problem, checked after each round'),
      accuracy: z
        .number()
        .positive()
        .max(1)
        .optional()
        .describe('target: accuracy on the validation rows, checked after each round'),
    })
    .default({})
    .describe('if a cost or a target is reached, the run ends with its best network'),
  seed: z.number().int().nonnegative().default(0),
});

export type Plan = z.infer<typeof planSchema>;

/** A plan as it is written: keys with a default may be left out. */
export type PlanKeys = z.input<typeof planSchema>;
export type PlanLayer = z.infer<typeof layerSchema>;
export type PlanObjective = z.infer<typeof objectiveSchema>;

/** JSON Schema of a plan file, for editors. */
export const planJsonSchema = (): object => z.toJSONSchema(planSchema, { io: 'input', unrepresentable: 'any' });

/** Seconds of a duration: a number of seconds, or text with s, m or h. */
export function seconds(value: number | string): number {
  if (typeof value === 'number') return value;
  const unit = { s: 1, m: 60, h: 3600 }[value.trim().slice(-1)] ?? 1;
  return Number.parseFloat(value) * unit;
}

/** The budget of a plan as the recursion takes it. */
export const budgetOf = ({ budget: { wall, ...others } }: Plan): Budget => ({
  ...others,
  ...(wall === undefined ? {} : { wall: seconds(wall) }),
});
