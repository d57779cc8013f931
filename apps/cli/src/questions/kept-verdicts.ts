import type { Network } from '@mipnet/network';
import type { ObjectStore } from '@mipnet/object-store';
import { findVerdict, openOnnxRuntime, type Answer, type OnnxRuntime } from '@mipnet/verification';
import type { AskedQuestion } from './asked-question.js';

/** The verdicts that earlier runs have kept. @param bytes of the network's ONNX model, which replays witnesses */
export async function keptVerdicts(
  store: ObjectStore,
  questions: readonly AskedQuestion[],
  network: Network,
  bytes: Uint8Array,
): Promise<Map<AskedQuestion, Answer['verdict']>> {
  const verdicts = new Map<AskedQuestion, Answer['verdict']>();
  let opened: Promise<OnnxRuntime> | undefined;
  const openRuntime = (): Promise<OnnxRuntime> => (opened ??= openOnnxRuntime(bytes));
  for (const one of questions) {
    const kept = await findVerdict(store, one.key, one.queries, network, openRuntime);
    if (kept) verdicts.set(one, kept);
  }
  await (await opened)?.release();
  return verdicts;
}
