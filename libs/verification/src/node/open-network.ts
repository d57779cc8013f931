import { fromOnnx, inFloat32, type Network } from '@mipnet/network';
import { getObject, type ObjectRef, type ObjectStore } from '@mipnet/object-store';
import { rememberedCrown, type BoundLayers } from '../bound-outputs.js';
import { mergeUnits } from '../merge-units.js';
import { openOnnxRuntime, type OnnxRuntime } from '../onnx-runtime.js';

/** A network made ready for many questions. */
export interface OpenNetwork {
  readonly network: Network;
  readonly runtime: OnnxRuntime;
  readonly boundLayers: BoundLayers;
}

let latest: { readonly sha256: string; readonly opened: Promise<OpenNetwork> } | undefined;

/**
 * The network of an ONNX file in the store. A thread keeps the last one: leaves next to each other are about the same
 * network.
 */
export function openNetwork(store: ObjectStore, ref: ObjectRef): Promise<OpenNetwork> {
  if (latest?.sha256 === ref.sha256) return latest.opened;
  void latest?.opened.then(
    ({ runtime }) => runtime.release(),
    () => undefined,
  );
  const opened = open(store, ref);
  latest = { sha256: ref.sha256, opened };
  // What failed once may be there the next time.
  opened.catch(() => (latest = undefined));
  return opened;
}

/** Opens the network, if it is known, before there is a leaf about it. @param about its ONNX file */
export async function prepareLeaves(store: ObjectStore, about?: ObjectRef): Promise<void> {
  if (about !== undefined) await openNetwork(store, about);
}

async function open(store: ObjectStore, ref: ObjectRef): Promise<OpenNetwork> {
  const bytes = await getObject(store, ref);
  const network = inFloat32(mergeUnits(fromOnnx(bytes)));
  return { network, runtime: await openOnnxRuntime(bytes), boundLayers: rememberedCrown(network) };
}
