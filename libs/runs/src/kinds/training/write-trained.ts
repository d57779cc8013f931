// Tested by ../../../../../apps/cli/src/e2e/train.e2e.test.ts.
import { openDataset } from '@mipnet/dataset';
import type { Network } from '@mipnet/network';
import type { ObjectRef, ObjectStore } from '@mipnet/object-store';
import { privateFile } from '@mipnet/stack/folders';
import { fileNetwork } from '@mipnet/training';
import { join, sep } from 'node:path';
import { classMetadata } from '../../records/class-metadata.js';
import { transformationKey } from '../../records/transformation.js';
import { writeNetwork } from '../../records/network-file.js';
import type { Origin } from './network-origin.js';

export interface Trained {
  readonly network: Network;
  /** The data set's manifest. */
  readonly dataset: ObjectRef;
  /** Of the plan. */
  readonly name: string;
  readonly origin: Origin | undefined;
}

/**
 * Writes a trained network with its metadata, whole or not at all.
 * @param place `data` is mipnet's own folder, whose files are for their owner alone
 */
export async function writeTrained(
  store: ObjectStore,
  { network, dataset, name: plan, origin }: Trained,
  { file, data }: { readonly file: string; readonly data: string },
): Promise<void> {
  const { name, classes, train } = await openDataset(store, dataset);
  const whole = fileNetwork(network, train.columns);
  const { transformation } = train;
  const metadata = {
    name: plan,
    dataset: name,
    ...classMetadata(whole, classes),
    ...(transformation && { [transformationKey]: transformation }),
    ...origin,
  };
  await writeNetwork(file, { ...whole, metadata }, file.startsWith(join(data, sep)) ? privateFile : undefined);
}
