import type { Network } from '@mipnet/network';
import type { ObjectStore } from '@mipnet/object-store';
import { findVerdict, openOnnxRuntime, type Answer } from '@mipnet/verification';
import type { AskedQuestion } from './verify-questions.js';

/**
 * The verdicts that earlier runs have kept.
 * @param bytes of the network's ONNX model, in which witnesses are replayed
 */
export async function keptVerdicts(
  store: ObjectStore,
  questions: readonly AskedQuestion[],
  network: Network,
  bytes: Uint8Array,
): Promise<Map<AskedQuestion, Answer['verdict']>> {
  const verdicts = new Map<AskedQuestion, Answer['verdict']>();
  const runtime = await openOnnxRuntime(bytes);
  for (const one of questions) {
    const kept = await findVerdict(store, one.key, one.queries, network, runtime);
    if (kept) verdicts.set(one, kept);
  }
  await runtime.release();
  return verdicts;
}
