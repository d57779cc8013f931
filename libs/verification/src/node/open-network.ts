import { fromOnnx, inFloat32, type Network } from '@mipnet/network';
import { getObject, type ObjectRef, type ObjectStore } from '@mipnet/object-store';
import type { MessagePort } from 'node:worker_threads';
import { rememberedCrown, type BoundLayers } from '../bound-outputs.js';
import { mergeUnits } from '../merge-units.js';
import { openOnnxRuntime, type OnnxRuntime } from '../onnx-runtime.js';
import { RuntimeBehind } from '../slots/runtime-behind.js';

/** A network made ready for many questions. */
export interface OpenNetwork {
  readonly network: Network;
  readonly runtime: OnnxRuntime;
  readonly boundLayers: BoundLayers;
  /** The runtime does not need to be open before the bounds are there. @throws as `openOnnxRuntime` */
  readonly opening?: Promise<void>;
}

/** Larger files are opened in the thread of the slot, whose memory has a ceiling. */
const mostBehind = 2 ** 26;

let behind: RuntimeBehind | undefined;

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

/**
 * Opens the network, if it is known, before there is a leaf about it.
 * @param about its ONNX file
 * @param port to a thread in which the runtime starts, for this thread's networks (`startRuntimeThread`)
 */
export async function prepareLeaves(store: ObjectStore, about?: ObjectRef, port?: MessagePort): Promise<void> {
  if (port !== undefined) behind = new RuntimeBehind(port);
  if (about !== undefined) await openNetwork(store, about);
}

async function open(store: ObjectStore, ref: ObjectRef): Promise<OpenNetwork> {
  const bytes = await getObject(store, ref);
  const opening = bytes.length > mostBehind ? undefined : behind?.open(bytes);
  opening?.catch(() => undefined);
  const network = inFloat32(mergeUnits(fromOnnx(bytes)));
  const boundLayers = rememberedCrown(network);
  return opening
    ? { network, runtime: behind!, opening, boundLayers }
    : { network, runtime: await openOnnxRuntime(bytes), boundLayers };
}
