import { createHash } from 'node:crypto';
import { basename, isAbsolute } from 'node:path';
import { samplesHash, type LoadedDataset } from '@mipnet/dataset';
import { tableInputsKey, tableInputsText, type Reading } from '../../records/table-inputs.js';
import { datasetOfText, planText, type Plan } from '@mipnet/training';

// The origin of a network, as metadata of its file; docs/network-file.md describes it for users. It does not depend on
// the machine or the time: the same plan and the same data give the same bytes everywhere.

/** Metadata keys, all text. */
export type Origin = Readonly<Record<string, string>>;

const keys = {
  plan: 'mipnet.plan',
  planHash: 'mipnet.plan.sha256',
  files: 'mipnet.data.files',
  train: 'mipnet.data.train.sha256',
  test: 'mipnet.data.test.sha256',
} as const;

/** SHA-256 of the data files that a plan names itself, by the key that names them. */
export type FileHashes = Readonly<Partial<Record<'file' | 'test', string>>>;

/** What a network's file says of its data. */
export interface DataOrigin {
  /** The plan's YAML. */
  readonly plan: string;
  readonly files: FileHashes;
  /** Of the test rows, see `samplesHash`. */
  readonly test: string | undefined;
}

/** @param written the plan with its paths as the user wrote them */
export function originOf(
  written: Plan,
  { train, test, classColumn = 'class' }: LoadedDataset,
  files: FileHashes,
): Origin {
  const { columns } = train;
  return {
    ...(columns && { [tableInputsKey]: tableInputsText({ class: classColumn, columns, reading: readingOf(written) }) }),
    ...planKeys(portable(written)),
    ...(Object.keys(files).length === 0 ? {} : { [keys.files]: JSON.stringify(files) }),
    [keys.train]: samplesHash(train),
    ...(test === null ? {} : { [keys.test]: samplesHash(test) }),
  };
}

const readingOf = ({ dataset: { header, delimiter, encoding, decimal, missing } }: Plan): Reading => ({
  header,
  delimiter,
  encoding,
  decimal,
  missing,
});

/** The origin of a run that continues another: its plan has other limits, the data are the same. */
export function originOfChanged(plan: Plan, earlier: Origin | undefined): Origin | undefined {
  const text = earlier?.[keys.plan];
  if (text === undefined) return undefined;
  return { ...earlier, ...planKeys(portable({ ...plan, dataset: datasetOfText(text, 'the plan of the network') })) };
}

/** undefined for a network that mipnet did not train, or whose file an earlier version wrote. */
export function dataOriginIn(metadata: Readonly<Record<string, string>> | undefined): DataOrigin | undefined {
  const { [keys.plan]: plan, [keys.files]: files, [keys.test]: test } = metadata ?? {};
  if (plan === undefined) return undefined;
  return { plan, files: hashesIn(files), test };
}

/** Whether two networks, or a network and a run, were trained on the same data. */
export const isSameData = (one: Origin | undefined, other: Origin | undefined): boolean =>
  one?.[keys.train] !== undefined && one[keys.train] === other?.[keys.train] && one[keys.test] === other[keys.test];

function planKeys(plan: Plan): Origin {
  const text = planText(plan);
  return { [keys.plan]: text, [keys.planHash]: createHash('sha256').update(text).digest('hex') };
}

/**
 * An absolute path belongs to one machine and may contain a user name: only the name of the file is kept, and the hash
 * identifies it.
 */
function portable({ dataset, ...plan }: Plan): Plan {
  const path = (given?: string): string | undefined => (given && isAbsolute(given) ? basename(given) : given);
  const { start, ...ofDataset } = withoutUndefined({
    start: path(plan.start),
    file: path(dataset.file),
    labels: path(dataset.labels),
    test: path(dataset.test),
    indices: path(dataset.indices),
  });
  return { ...plan, ...(start === undefined ? {} : { start }), dataset: { ...dataset, ...ofDataset } };
}

const withoutUndefined = <T extends object>(of: T): Partial<T> =>
  Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as Partial<T>;

/** The file may come from an untrusted source: values that are no hash are left out. */
function hashesIn(text: string | undefined): FileHashes {
  try {
    const { file, test } = JSON.parse(text ?? '{}') as Record<string, unknown>;
    return withoutUndefined({ file: hashOrNothing(file), test: hashOrNothing(test) });
  } catch {
    return {};
  }
}

const hashOrNothing = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[0-9a-f]{64}$/.test(value) ? value : undefined;
