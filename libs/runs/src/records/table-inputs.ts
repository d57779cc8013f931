import { inputCount, type InputColumn } from '@mipnet/dataset/stored';
import { inputSize, type Network } from '@mipnet/network';
import * as z from 'zod';
import { RunError } from '../run-error.js';

/** Keys of a plan's data set about the text of a table. */
export interface Reading {
  readonly header?: boolean | undefined;
  readonly delimiter?: string | undefined;
  readonly encoding?: string | undefined;
  readonly decimal?: '.' | ',' | undefined;
  readonly missing?: readonly (string | number)[] | undefined;
}

/** What the inputs of a network that was trained on a table mean; docs/network-file.md describes it for users. */
export interface TableInputs {
  /** Name of the class column. */
  readonly class: string;
  /** How the plan says that cells are read; what it does not say is found out from the file. */
  readonly reading?: Reading;
  /** In the order of the network's inputs. */
  readonly columns: readonly InputColumn[];
}

/** The metadata key, whose text is `TableInputs` as JSON. */
export const tableInputsKey = 'mipnet.columns';

const float32 = z.number().refine((value) => Number.isFinite(Math.fround(value)), 'a number in the range of float32');
const name = z.string().max(10_000);
const schema = z.object({
  class: name,
  reading: z
    .object({
      header: z.boolean().optional(),
      delimiter: z.string().max(3).optional(),
      encoding: z.string().max(40).optional(),
      decimal: z.enum(['.', ',']).optional(),
      missing: z
        .array(z.union([name, z.number()]))
        .max(1_000)
        .optional(),
    })
    .optional(),
  columns: z
    .array(
      z.discriminatedUnion('kind', [
        z.object({
          kind: z.literal('number'),
          name,
          low: float32,
          high: float32,
          fill: float32,
          sd: float32.nonnegative(),
          integer: z.boolean(),
          format: z.object({ decimal: z.enum(['.', ',']), percent: z.boolean() }).optional(),
        }),
        z.object({ kind: z.literal('category'), name, values: z.array(name).min(1).max(100_000) }),
      ]),
    )
    .min(1)
    .max(100_000),
});

export const tableInputsText = ({ reading = {}, ...inputs }: TableInputs): string =>
  JSON.stringify(Object.values(reading).some((value) => value !== undefined) ? { ...inputs, reading } : inputs);

/**
 * Reads it from the metadata of a network; undefined for networks of images and for files of other programs.
 * @param file the network's file, for messages
 * @throws RunError 'bad-input' if somebody changed the metadata
 */
export function tableInputsIn(network: Network, file: string): TableInputs | undefined {
  const text = network.metadata?.[tableInputsKey];
  if (text === undefined) return undefined;
  const refuse = (why: string): RunError =>
    new RunError('bad-input', `${file}: the metadata ${tableInputsKey} ${why}; train the network again`);
  let parsed;
  try {
    parsed = schema.safeParse(JSON.parse(text));
  } catch {
    throw refuse('is not JSON');
  }
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refuse(`is not that of a table (${issue.path.join('.')}: ${issue.message})`);
  }
  const inputs = inputCount(parsed.data.columns);
  if (inputs !== inputSize(network))
    throw refuse(`describes ${inputs} inputs, and the network has ${inputSize(network)}`);
  return parsed.data;
}
